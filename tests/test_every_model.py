"""What befalls a model, against the real sandbox: refused keys, takes, faults and weather. All run in the notebook."""

from __future__ import annotations

import pytest

import pixnb


@pytest.fixture(scope="module")
def sandbox():
    with pixnb.Sandbox(speed=20, draft=True) as started:
        yield started


@pytest.fixture
def exp(sandbox, tmp_path):
    with pixnb.Log(tmp_path / "log.db") as log:
        yield pixnb.Experiment("all", log=log, client=pixnb.Client(sandbox=sandbox))


@pytest.mark.parametrize(
    ("key", "error"),
    [("bad-key", pixnb.InvalidAPIKey), ("no-balance", pixnb.InsufficientBalance), ("forbidden", pixnb.Forbidden)],
)
def test_a_wrong_key_and_an_empty_wallet_are_told_apart(sandbox, tmp_path, key, error):
    """Each refusal has its class and says what to do; the log has it too."""
    client = pixnb.Client(keys={"pixazo": key}, base_urls=sandbox.base_urls)
    with pytest.raises(error) as caught:
        client.submit("ltx-2", prompt="A lake", image="https://example.org/lake.png")
    assert key not in str(caught.value)
    with pixnb.Log(tmp_path / "log.db") as log:
        exp = pixnb.Experiment("x", log=log, client=client)
        run = exp.submit("ltx-2", prompt="A lake", image="https://example.org/lake.png")
        assert type(run.error) is error
        assert log.frame()["error"].iloc[0] == str(run.error)
        assert key not in log.frame().to_csv()


def test_the_same_request_gives_the_series_of_variants(exp):
    """Pixazo's models know no seed: the n-th take is the n-th variant, and another clip."""
    runs = [exp.submit("ltx-2-19b", prompt="A red kite", image=pixnb.sample("image"), num_frames=25) for _ in range(2)]
    first, second = (run.result(60).video for run in runs)
    assert first.sha256 != second.sha256
    assert [run.take for run in runs] == [1, 2]


@pytest.mark.parametrize(
    ("marker", "error"),
    [("FAILED", pixnb.JobFailed), ("ERROR", pixnb.JobErrored), ("expired", pixnb.OutputUnavailable)],
)
def test_markers_bring_about_what_they_say(exp, marker, error):
    """The sandbox fails on purpose; pixnb says so in its own class."""
    run = exp.submit("ltx-2-19b", prompt=f"[{marker}] x", image=pixnb.sample("image"), num_frames=9)
    with pytest.raises(error):
        run.result(60)


def test_weather_on_the_way_is_borne(exp):
    """Polls that fail, a cut download, a busy answer: the clip comes all the same, and one job is made of it."""
    prompt = "[429 once] [poll 500 2 times] [poll drop once] [poll garbage once] [cut once] A kite"
    run = exp.submit("ltx-2-19b", prompt=prompt, image=pixnb.sample("image"), num_frames=9)
    assert run.result(60).video.size > 0
    assert run.error is None
