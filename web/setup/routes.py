"""The addresses of the set-up: a page for the site, one for each camera, its still, and the forms."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pipeline.configuration import Configuration
from pipeline.setup import (
    Drawing,
    Judged,
    drawing_of,
    drawn_on,
    judge_looks,
    kept_beside,
    stamp_of,
    write_drawing,
    write_network,
)
from tracking.errors import FietsflowError, UsageError
from web.screens import error_screen, setup_screen, words_of
from web.setup.bench import Bench
from web.setup.csrf import FIELD, Forms
from web.setup.forms import Fields, drawing_in, first, network_in, read_fields
from web.setup.pages import camera_address, camera_values, network_values
from web.words import Words

DRAWING = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}
"""What browsers are told with the page on which one draws: its script is this server's own file."""


def add_setup(app: FastAPI, bench: Bench) -> None:
    """Add the set-up to an application.

    Args:
        app: Guards the addresses below ``/setup``.
        bench: The site.
    """
    pages = _Pages(bench)

    @app.get("/setup", include_in_schema=False)
    def site(request: Request) -> Response:
        return _told(request, lambda: pages.site(request))

    @app.post("/setup", include_in_schema=False)
    async def network(request: Request) -> Response:
        fields = await read_fields(request)
        return await run_in_threadpool(_told, request, lambda: pages.keep_network(request, fields))

    @app.get("/setup/camera", include_in_schema=False)
    def camera(request: Request) -> Response:
        return _told(request, lambda: pages.camera(request))

    @app.post("/setup/camera", include_in_schema=False)
    async def draw(request: Request) -> Response:
        fields = await read_fields(request)
        return await run_in_threadpool(_told, request, lambda: pages.draw(request, fields))

    @app.get("/setup/still", include_in_schema=False)
    def still(request: Request) -> Response:
        return _told(request, lambda: pages.still(request))


def _told(request: Request, answer: Callable[[], Response]) -> Response:
    """Whoever may set up may know which file is wrong, and how."""
    try:
        return answer()
    except (FietsflowError, OSError) as error:
        return error_screen(request, 422, _sentence(error))


class _Pages:
    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._forms = Forms()

    def site(self, request: Request, sentence: str = "", status: int = 200) -> Response:
        words = words_of(request)
        values = network_values(self._bench.configuration(), words)
        return self._page(request, "setup.html", values, sentence, status)

    def camera(self, request: Request) -> Response:
        configuration, camera = self._asked(request)
        drawing = drawing_of(configuration, camera, self._bench.frame_size(configuration, camera))
        return self._camera_page(request, configuration, camera, drawing, None)

    def still(self, request: Request) -> Response:
        configuration, camera = self._asked(request)
        picture = self._bench.still(configuration, camera)
        return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})

    def keep_network(self, request: Request, fields: Fields) -> Response:
        words = words_of(request)
        if not self._forms.admits(request, first(fields, FIELD)):
            return error_screen(request, 403, words("form_is_old"))
        configuration = self._bench.configuration()
        try:
            self._refuse_stale(fields, words)
            network = network_in(fields, [one.id for one in configuration.cameras], words)
            changed = write_network(configuration, network)
        except (FietsflowError, OSError) as error:
            return self.site(request, _sentence(error), 422)
        return RedirectResponse(f"/setup?saved={changed:d}&lang={words.language}", 303)

    def draw(self, request: Request, fields: Fields) -> Response:
        words = words_of(request)
        if not self._forms.admits(request, first(fields, FIELD)):
            return error_screen(request, 403, words("form_is_old"))
        configuration, camera = self._asked(request)
        size = self._bench.frame_size(configuration, camera)
        drawing = drawing_of(configuration, camera, size)
        try:
            drawing = drawing_in(fields, words)
            if first(fields, "do") != "save":
                judged = self._judged(configuration, camera, drawing)
                return self._camera_page(request, configuration, camera, drawing, judged)
            self._refuse_stale(fields, words)
            changed = write_drawing(configuration, camera, drawing, size)
        except (FietsflowError, OSError) as error:
            sentence = _sentence(error)
            return self._camera_page(request, configuration, camera, drawing, None, sentence)
        return RedirectResponse(f"{camera_address(camera, words)}&saved={changed:d}", 303)

    def _judged(self, configuration: Configuration, camera: str, drawing: Drawing) -> Sequence[Judged]:
        tried = drawn_on(configuration, camera, drawing)
        # What is wrong with a shape is said before the footage is watched.
        tried.region(camera, self._bench.frame_size(configuration, camera))
        return judge_looks(tried, self._bench.looks(configuration, camera))

    def _camera_page(
        self,
        request: Request,
        configuration: Configuration,
        camera: str,
        drawing: Drawing,
        judged: Sequence[Judged] | None,
        sentence: str = "",
    ) -> Response:
        size = self._bench.frame_size(configuration, camera)
        values = {
            **camera_values(camera, size, drawing, judged, words_of(request)),
            "seconds": self._bench.looks(configuration, camera).seconds if judged is not None else 0,
        }
        page = self._page(request, "setup_camera.html", values, sentence, 422 if sentence else 200)
        page.headers.update(DRAWING)
        return page

    def _page(
        self, request: Request, template: str, values: Mapping[str, Any], sentence: str, status: int
    ) -> Response:
        cookie = self._forms.cookie_of(request)
        body = setup_screen(
            request,
            template,
            {
                **values,
                "csrf": self._forms.token(cookie),
                "stamp": stamp_of(self._bench.file),
                "sentence": sentence,
                "saved": request.query_params.get("saved"),
                "kept": kept_beside(self._bench.file).name,
                "file": self._bench.file.name,
            },
        )
        answer = HTMLResponse(body, status, {"Cache-Control": "no-store"})
        return self._forms.give(request, answer, cookie)

    def _asked(self, request: Request) -> tuple[Configuration, str]:
        configuration = self._bench.configuration()
        camera = request.query_params.get("camera", "")
        return configuration, configuration.camera(camera).id

    def _refuse_stale(self, fields: Fields, words: Words) -> None:
        if first(fields, "stamp") != stamp_of(self._bench.file):
            raise UsageError(words("file_changed", file=self._bench.file.name))


def _sentence(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
