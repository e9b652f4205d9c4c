"""`/healthz`, `/readyz` and `/metrics`, and the webhook entry, on one port in the bot's event loop."""

import hmac
import json
from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

Ready = Callable[[], Awaitable[dict[str, str]]]
Receive = Callable[[dict[str, object]], Awaitable[None]]
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header


def make_site(registry: CollectorRegistry, ready: Ready, receive: Receive | None, secret: str) -> web.Application:
    """The site. `ready` names what is not ready; `receive` takes an update when there is a webhook."""

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        missing = await ready()
        text = "".join(f"{what}: {why}\n" for what, why in missing.items()) or "ready\n"
        return web.Response(text=text, status=503 if "database" in missing or "polling" in missing else 200)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def webhook(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get(_SECRET_HEADER, "").encode(), secret.encode()):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
        except ValueError:
            return web.Response(status=400)
        if receive is not None and isinstance(update, dict):
            await receive(update)
        return web.Response()

    site = web.Application(client_max_size=2**20)
    site.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    if receive is not None:
        site.add_routes([web.post("/telegram", webhook)])
    return site


async def start_site(site: web.Application, port: int) -> web.AppRunner:
    """Serve the site; the runner is cleaned up by whoever started it."""
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", port).start()  # noqa: S104 - a container's port must be reachable
    return runner
