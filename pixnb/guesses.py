"""What people try by the names of other tools, and what to write instead: by the names, apart by blanks."""

from __future__ import annotations

from collections.abc import Mapping

EXPERIMENT: Mapping[str, str] = {
    "df dataframe data to_pandas to_frame to_df results": "exp.frame() gives its runs as a DataFrame",
    "show display view plot gallery grid play player table": (
        "exp.wall() shows its clips beside each other, exp.compare() a table of them"
    ),
    "save to_html export html publish share": (
        "exp.report(path) writes one HTML file with its clips, exp.frame().pixnb.to_csv(path) its rows"
    ),
    "to_csv to_parquet to_json csv": (
        "exp.frame().pixnb.to_csv(path) writes its runs, with anonymous=True without names and places"
    ),
    "to_excel excel": "exp.frame().pixnb.to_excel(path) writes its runs",
    "zip to_zip download save_all archive": "exp.frame().pixnb.to_zip(path) writes its clips, and its rows as CSV",
    "delete remove clear drop": "a log keeps every run that was paid for; begin another experiment by another name",
    "launch start create generate edit submit_run": "exp.submit(model, prompt=…) launches a run",
    "form ui widget": "exp.launcher(model) gives a form",
    "dashboard voila": "exp.app(model) gives launcher, wall and table on one page",
    "cost total": "exp.spent says what its runs have cost, exp.remaining what is left",
    "get get_run find run_by_id": "exp.run(run_id) finds a run, exp.runs has all of them",
    "wait wait_all join gather": "run.wait() waits for one: for run in exp.runs: run.wait()",
    "best top leaderboard": 'exp.frame().sort_values("stars") sorts its runs',
    "close": "exp.log.close() closes its log",
    "id title": "exp.name is its name",
    "star tag note pick log_metric": (
        "runs are marked one by one: exp.runs[0].star(5), .tag(name), .note(text), .log_metric(name, value)"
    ),
    "import_ import_picks import_stars import_marks load_votes": (
        "exp.import_votes(path) takes the stars, picks and votes that a page wrote"
    ),
    "measure metrics add_metrics": 'exp.runs[0].log_metric("sharpness", 0.8) keeps a number that you measured',
    "template": 'pixnb.Template("a {colour} coat", colour=["red"]) is a prompt for exp.sweep(model, prompt=…)',
    "rate vote judge": "a page of exp.report(path) is judged blind; exp.import_votes(paths) reads the votes",
    "rank ranking winner": "exp.import_votes(paths) reads votes; exp.frame() then has votes.won and votes.of",
    "retry retry_failed": "run.retry() tries a run again, exp.sweeps[-1].retry_failed() those of a sweep",
    "init start_run set_experiment new": 'pixnb.Experiment("name") is there at once; exp.submit(…) makes a run',
    "finish end end_run": "nothing has to be ended: each run is on the disk before it is sent",
    "log_param log_params params set_params": "each run has its parameters by itself: exp.frame() has params.*",
    "log_artifact log_artifacts log_image log_video log_table log_metrics artifacts files": (
        "each run keeps its clip by itself; run.log_metric(name, value) keeps a number that you measured"
    ),
    "set_tag set_tags add_tag tags notes stars picks set_note": (
        "exp.frame() has tags.*, note, stars and picked; run.tag(name), run.note(text), run.star(5) set them"
    ),
    "list list_runs search_runs jobs predictions history": "exp.runs has its runs, exp.frame() has them as a DataFrame",
    "head tail describe groupby columns items sort sort_values filter query count mean loc iloc": (
        "exp.frame() is a DataFrame: it can do that"
    ),
    "summary stats aggregate agg": 'exp.frame().pixnb.summary("prompt") counts what came of the runs',
    "pivot pivot_table matrix heatmap": (
        'exp.wall(rows="prompt", columns="model") sets clips so; exp.frame() has numbers'
    ),
    "diff side_by_side contact_sheet ab_test evaluate plot_grid": (
        "exp.wall() and exp.compare() set runs beside each other, exp.frame().pixnb.diff() their words"
    ),
    "score scores ranks": "exp.import_votes(paths) reads votes; run.log_metric(name, value) keeps a number",
    "show_video show_videos show_image show_images videos video clips images outputs media gif": (
        "exp.wall() shows its clips; run.result().video is one, exp.frame().output_path has all files"
    ),
    "to_mp4 to_png to_pdf to_gif write_video savefig film figure fig pdf png": (
        'exp.wall().save("wall.mp4") writes it; so .png, .pdf, .html'
    ),
    "to_latex to_markdown": "exp.compare().to_latex() is for papers, .to_markdown() for pages",
    "predict run_async queue subscribe stream": "exp.submit(model, prompt=…) returns at once; run.result() waits",
    "sync upload publish_run": "exp.report(path) writes one file to send; nothing is uploaded",
    "sweep_grid grid_search agent batch map submit_many submit_all add add_run": (
        "exp.sweep(model, prompt=[…], seed=[…]) makes a run of each"
    ),
    "cancel cancel_all stop abort kill pause": (
        "sweep.cancel() or run.cancel() stops: exp.sweeps and exp.runs have them"
    ),
    "rerun replay repeat again": (
        "run.retry() tries again what failed; exp.submit(…) with the same words is another take"
    ),
    "status progress state": "exp.frame().status says how each run stands; a sweep shows its progress",
    "refresh reload update": "exp.frame() reads the log anew; exp.resume() takes up what is in flight",
    "estimate price quote": "pixnb.models.get(model).estimate() says what a run costs",
    "models model list_models": "pixnb.models lists them",
    "left budget_left balance": "exp.remaining says what is left of the budget",
    "config settings": "exp.budget, exp.log and exp.client are all that it has",
    "copy clone rename": 'an experiment keeps its name; open another one and reuse: sweep(…, reuse="log")',
    "pixnb": "exp.frame().pixnb has what can be done with runs",
    "prompts sample uploads result results_": "exp.frame() has prompts and files; pixnb.sample(kind) is the sample",
}

FRAME: Mapping[str, str] = {
    "show display view compare": "df.pixnb.table() sets runs beside each other, df.pixnb.grid() their clips",
    "wall gallery": "df.pixnb.grid() sets the clips beside each other",
    "save to_html export": "df.pixnb.report(path) writes one HTML file, df.pixnb.to_csv(path) the rows",
    "zip download save_all to_archive": "df.pixnb.to_zip(path) writes the clips, and the rows as CSV",
    "to_latex to_markdown": "df.pixnb.table().to_latex() is for papers, .to_markdown() for pages",
    "frame df": "df itself has the rows",
    "video videos clip clips image images show_video show_videos show_images player side_by_side contact_sheet": (
        "df.pixnb.grid() sets the clips beside each other, df.pixnb.play() in one row"
    ),
    "gif to_gif mp4 to_mp4 film png to_png pdf to_pdf savefig figure fig": (
        'df.pixnb.grid().save("wall.mp4") writes one film; so .png, .pdf and .html'
    ),
    "matrix pivot pivot_table heatmap": 'df.pixnb.grid(rows="prompt", columns="model") sets clips so; df has numbers',
    "columns head tail describe sort sort_values filter query groupby mean merge rename loc iloc": (
        "df itself is the DataFrame: it can do that"
    ),
    "agg stats aggregate count counts cost price spent": 'df.pixnb.summary("prompt") counts and adds up',
    "plot scatter bar hist box line": "df.plot draws numbers; df.pixnb.grid() sets clips beside each other",
    "measure measure_all score scores metrics log_metric": (
        "run.log_metric(name, value), for run in df.pixnb.runs(), keeps a number that you measured"
    ),
    "rank ranking votes judge best top winner": (
        "df.pixnb.report(path) is judged blind; exp.import_votes(paths) reads it"
    ),
    "star tag note pick picked favourites favorites retry": (
        "for run in df.pixnb.runs(): run.star(5), run.tag(name), run.note(text), run.pick(), run.retry()"
    ),
    "prompts compare_prompts words": "df.pixnb.diff() sets the prompts beside each other, word by word",
    "wipe flicker difference": "df.pixnb.play() and .grid() hold two clips against each other",
    "cite citation bibtex": "df.pixnb.report(path) says how to cite it",
}

RUN: Mapping[str, str] = {
    "rate rating stars": "run.star(5) gives it stars; exp.frame() has them",
    "choose select favourite favorite picked": "run.pick() picks it; exp.frame() has the picks",
    "comment notes annotate set_note": "run.note(text) writes a note, run.note(text, at=1.2) one at a moment",
    "tags add_tag set_tag label": "run.tag(name) marks it; exp.frame() has the tags",
    "metric metrics log": "run.log_metric(name, value) keeps a number",
    "rerun repeat again restart": "run.retry() tries again what failed; exp.submit(…) makes another take",
    "name": "run.run_id is its id, run.experiment the experiment's name",
    "delete remove": 'the log keeps every run that was paid for; run.tag("out") marks one to be left out',
    "duration time elapsed seconds run_seconds latency took": (
        "exp.frame() has queue_seconds and run_seconds; run.eta says what is left"
    ),
    "logs logger": "exp.frame() has what the run was and came to; run.error what went wrong",
    "config summary info metadata dict to_dict json as_dict log_param log_params settings": (
        "run.params has what it was given, exp.frame() all that is known"
    ),
    "input inputs source sources": "run.params has its media by name; exp.frame() has input.*",
    "finish end": "a run ends by itself: run.wait() waits for it",
    "replay run submit start launch": "run.retry() tries again what failed; exp.submit(…) makes another take",
    "wait_until join": "run.wait(timeout) waits",
    "frame df": "exp.frame() has all runs as a DataFrame",
    "estimate": "pixnb.models.get(run.model).estimate() says what a run costs",
    "prediction job": "this is the job: run.status, run.result()",
    "urls": "run.result().media has all files",
}

__all__ = ["EXPERIMENT", "FRAME", "RUN"]
