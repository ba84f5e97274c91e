"""The asset store under real faults: short downloads, full disks, killed and racing processes, remote stores."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import uuid

import fsspec
import pytest

from pixnb.errors import OutputUnavailable
from pixnb.media.part import Asset
from pixnb.media.store import Store

GIF = b"GIF89a" + bytes(range(256)) * 40


def sha(data):
    return hashlib.sha256(data).hexdigest()


def kept(root):
    """All files under a store's folder, parts included."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def child(code, *args):
    """Start a Python that can be talked to by lines."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def end(process):
    process.stdin.close()
    process.stdout.close()
    return process.wait(20)


def test_pieces_become_an_asset(tmp_path):
    """What is written piece by piece is found under the hash of the whole."""
    store = Store(tmp_path)
    part = store.part()
    for at in range(0, len(GIF), 7):
        part.write(memoryview(GIF)[at : at + 7])
    asset = part.commit(len(GIF))
    assert asset == Asset(sha(GIF), len(GIF), "image/gif", tmp_path / sha(GIF)[:2] / f"{sha(GIF)}.gif")
    assert asset.path.read_bytes() == GIF
    assert store.path(asset.sha256) == asset.path
    assert store.relative(asset) == f"{sha(GIF)[:2]}/{sha(GIF)}.gif"
    assert store.locate(store.relative(asset)) == asset.path
    assert kept(tmp_path) == [asset.relative]


def test_put(tmp_path):
    """Files and bytes go in, the same bytes once; what is known to be there is not read again."""
    store = Store(tmp_path / "store")
    source = tmp_path / "clip.gif"
    source.write_bytes(GIF)
    assert store.put(source) == store.put(GIF) == store.put(str(source))
    assert source.exists()
    assert kept(tmp_path / "store") == [store.put(GIF).relative]
    assert store.put(tmp_path / "not there", sha256=sha(GIF)) == store.put(GIF)
    with pytest.raises(FileNotFoundError):
        store.put(tmp_path / "not there", sha256=sha(b"other"))
    assert len(kept(tmp_path / "store")) == 1


def test_unknown_bytes(tmp_path):
    """Bytes of no known type, and none at all, are kept as .bin."""
    store = Store(tmp_path)
    assert store.put(b"hello").media_type == "application/octet-stream"
    empty = store.put(b"")
    assert (empty.size, empty.path.suffix) == (0, ".bin")
    assert store.path(sha(b"")) == empty.path


def test_path_of_nothing(tmp_path):
    """A hash that is not kept, and what is no hash, have no path; a place outside is refused."""
    store = Store(tmp_path)
    assert store.path("0" * 64) is None
    assert store.path("../../etc/*") is None
    for place in ("/etc/passwd", "ab/../../x"):
        with pytest.raises(ValueError, match="leads out of the store"):
            store.locate(place)
    assert kept(tmp_path) == []


def test_length_mismatch(tmp_path):
    """A body shorter or longer than announced is refused and leaves nothing."""
    store = Store(tmp_path)
    for announced in (len(GIF) + 1, len(GIF) - 1, 0):
        part = store.part()
        part.write(GIF)
        with pytest.raises(OutputUnavailable, match=f"Of {announced} bytes {len(GIF)} came"):
            part.commit(announced)
        with pytest.raises(ValueError, match="committed or aborted"):
            part.write(b"more")
    assert kept(tmp_path) == []


def test_abort(tmp_path):
    """An aborted part leaves nothing, also when an error ends its block; a second end is harmless."""
    store = Store(tmp_path)
    with pytest.raises(TypeError), store.part() as part:
        part.write(None)
    assert kept(tmp_path) == []
    part.abort()
    assert kept(tmp_path) == []
    with store.part() as part:
        part.write(GIF)
        asset = part.commit()
    part.abort()
    assert kept(tmp_path) == [asset.relative]


def test_commit_in_another_thread(tmp_path):
    """The engine writes in one thread and commits in another."""
    parts = [Store(tmp_path).part() for _ in range(8)]
    for number, part in enumerate(parts):
        part.write(GIF + bytes([number % 4]))
    threads = [threading.Thread(target=part.commit) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept(tmp_path) == sorted(Store(tmp_path).put(GIF + bytes([number])).relative for number in range(4))


def test_place_is_taken(tmp_path):
    """A commit that the disk refuses is the disk's own error, and leaves no part."""
    (tmp_path / sha(GIF)[:2]).write_text("a file where a folder should be")
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        Store(tmp_path).put(GIF)
    assert kept(tmp_path) == [sha(GIF)[:2]]


def test_short_file_is_replaced(tmp_path):
    """A file of the right name and the wrong length does not pass for the asset."""
    store = Store(tmp_path)
    asset = store.put(GIF)
    asset.path.write_bytes(GIF[:10])
    assert store.put(GIF).path.read_bytes() == GIF


FULL = """
import errno, os, resource, sys
from pixnb.media.store import Store
store = Store(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
for how in ("part", "put"):
    try:
        if how == "put":
            store.put(bytes(200_000))
        else:
            part = store.part()
            for _ in range(4):
                part.write(bytes(64_000))
    except OSError as error:
        print(how, errno.errorcode[error.errno], os.listdir(store.root / "incoming"))
print(store.put(b"GIF89a").path.read_bytes())
"""


def test_disk_that_fills(tmp_path):
    """A disk that takes some bytes and no more: its own OSError, no part left, and the store still works."""
    done = subprocess.run([sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["part EFBIG []", "put EFBIG []", "b'GIF89a'"]
    assert len(kept(tmp_path)) == 1


WRITE = """
import sys
from pixnb.media.store import Store
part = Store(sys.argv[1]).part()
part.write(b"GIF89a")
print("written", flush=True)
for line in sys.stdin:
    print(part.commit().sha256, flush=True)
"""


def test_killed_while_writing(tmp_path):
    """What a killed process left is swept at the next start; what a living one writes stays and is committed."""
    killed, living = child(WRITE, tmp_path), child(WRITE, tmp_path)
    assert {process.stdout.readline() for process in (killed, living)} == {"written\n"}
    mine = Store(tmp_path).part()
    assert len(kept(tmp_path)) == 3
    killed.kill()
    end(killed)
    Store(tmp_path)
    assert len(kept(tmp_path)) == 2
    mine.abort()
    assert [path.name.split("-")[0] for path in (tmp_path / "incoming").iterdir()] == [str(living.pid)]
    living.stdin.write("commit\n")
    living.stdin.flush()
    assert living.stdout.readline().strip() == sha(b"GIF89a")
    assert end(living) == 0
    assert Store(tmp_path).path(sha(b"GIF89a")).read_bytes() == b"GIF89a"


RACE = """
import sys
from pixnb.media.store import Store
store = Store(sys.argv[1])
for line in sys.stdin:
    with store.part() as part:
        part.write(b"GIF89a" + line.encode() * 1000)
        print(part.commit().sha256, Store(sys.argv[1]).path(part.sha256).stat().st_size, flush=True)
"""


def test_two_processes_same_content(tmp_path):
    """Two processes that commit the same bytes at once, and sweep as they go, both get the one whole asset."""
    racers = [child(RACE, tmp_path) for _ in range(2)]
    for number in range(40):
        for racer in racers:
            racer.stdin.write(f"{number}\n")
    for racer in racers:
        racer.stdin.flush()
    answers = [[racer.stdout.readline() for _ in range(40)] for racer in racers]
    assert [end(racer) for racer in racers] == [0, 0]
    contents = [b"GIF89a" + f"{number}\n".encode() * 1000 for number in range(40)]
    assert answers[0] == answers[1] == [f"{sha(content)} {len(content)}\n" for content in contents]
    assert len(kept(tmp_path)) == 40


@pytest.fixture
def bucket():
    url = f"memory://{uuid.uuid4().hex}/clips"
    yield url
    fsspec.filesystem("memory").rm(url.rpartition("/")[0], recursive=True)


def test_remote_round_trip(tmp_path, bucket):
    """What one computer puts into an fsspec store, another one fetches once into its own cache."""
    here, there = Store(bucket, cache=tmp_path / "here"), Store(bucket, cache=tmp_path / "there")
    asset = here.put(GIF)
    assert asset.path.is_relative_to(tmp_path / "here")
    assert fsspec.filesystem("memory").cat(f"{bucket}/{asset.relative}") == GIF
    fetched = there.path(asset.sha256)
    assert fetched == there.locate(asset.relative)
    assert fetched.read_bytes() == GIF
    fsspec.filesystem("memory").rm(f"{bucket}/{asset.relative}")
    assert there.path(asset.sha256) == fetched
    assert there.path("0" * 64) is None
    assert here.put(GIF) == asset
    assert fsspec.filesystem("memory").exists(f"{bucket}/{asset.relative}")


def test_remote_with_other_bytes(tmp_path, bucket):
    """A remote file that is not what its name says is refused and not kept; a short one is uploaded again."""
    asset = Store(bucket, cache=tmp_path / "here").put(GIF)
    fsspec.filesystem("memory").pipe_file(f"{bucket}/{asset.relative}", GIF[:-1])
    there = Store(bucket, cache=tmp_path / "there")
    with pytest.raises(OutputUnavailable, match="holds other bytes than its name says"):
        there.path(asset.sha256)
    assert kept(tmp_path / "there") == []
    Store(bucket, cache=tmp_path / "here").put(GIF)
    assert there.path(asset.sha256).read_bytes() == GIF


def test_cache_is_in_the_data_folder(monkeypatch, tmp_path, bucket):
    """Without a cache folder the copies of a remote store go into the data folder."""
    monkeypatch.setenv("PIXNB_DATA", str(tmp_path / "data"))
    assert Store(bucket).put(GIF).path.is_relative_to(tmp_path / "data" / "cache" / "assets")


def test_repr_has_no_password():
    """A password in a store's URL stays out of its repr."""
    assert repr(Store("sftp://me:s3cret@host/clips", cache="/nowhere")) == "Store('sftp://***@host/clips')"


def test_folder_given_as_url_or_relative(monkeypatch, tmp_path):
    """A file:// URL is a folder, and a relative one stays where it was when the notebook changes folders."""
    monkeypatch.chdir(tmp_path)
    store = Store("clips")
    monkeypatch.chdir("/")
    assert store.put(GIF).path.is_relative_to(tmp_path / "clips")
    assert Store(f"file://{tmp_path}/clips").path(sha(GIF)) == store.path(sha(GIF))
