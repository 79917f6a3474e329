"""A worker that runs in the test itself, and ends when nothing waits any more."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from core.jobs.tasks import RUNTIME, Runtime, make_app


def work_off(address: str, runtime: Runtime) -> None:
    """Do what waits in the queue of the database."""

    async def run() -> None:
        app = make_app(address)
        async with app.open_async():
            await app.run_worker_async(
                wait=False,
                listen_notify=False,
                install_signal_handlers=False,
                additional_context={RUNTIME: runtime},
                delete_jobs="successful",
            )

    # A test's own thread may have an event loop already: the browser's, from its first test to the run's end.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, run()).result()
