"""Everything about oneself as one download: what is in it, asking for it, and its making by a worker."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wsgi import FileWrapper

from core.rules.text import T
from core.services.base.queue import worker_runs
from core.services.exports.long_ones import KEPT
from core.services.exports.streaming import BLOCK, MEDIA, ZIP
from core.services.own_data import package
from core.web.frame.bound import files
from core.web.frame.language import language
from core.web.frame.pipeline import attempt, reading, session

blueprint = Blueprint("my_data", __name__, url_prefix="/account/data")


@blueprint.get("/")
def index() -> str:
    """What the download has, and what it leaves out."""
    w = reading()
    return render_template(
        "portal/account/own_data.html",
        left=package.left_today(w),
        most=package.PER_DAY,
        kept=KEPT,
        waits=not worker_runs(session()),
    )


@blueprint.post("/ask")
def ask() -> ResponseReturnValue:
    """Have it made."""
    path = url_for(".made")
    done = attempt(
        "own_data.ask",
        lambda w: package.ask(w, f"{blueprint.name}.made", path, language()),
        done=T("已提交，生成后可在此下载。", "Noted: download it here once it is made."),
    )
    return redirect(url_for("downloads.index" if done is not None else ".index"), 303)


@blueprint.get("/package")
def made() -> ResponseReturnValue:
    """The zip, for the worker alone: a browser asks for it, and takes it from the list of exports."""
    progress = g.get("export_progress")
    if progress is None:
        return redirect(url_for(".index"))
    file = package.made(reading(), files(), language(), progress)
    return Response(FileWrapper(file, BLOCK), content_type=MEDIA[ZIP])
