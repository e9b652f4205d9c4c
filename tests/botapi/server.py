"""The Bot API over real HTTP on loopback: `async with BotApi() as api`."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.botapi import params as reading
from tests.botapi.errors import WEBHOOK_ACTIVE, ApiError, NotInDouble, too_many
from tests.botapi.faults import BEFORE, Fault, Faults
from tests.botapi.limits import Limits, counts
from tests.botapi.methods import METHODS
from tests.botapi.params import Params
from tests.botapi.people import Account, Json
from tests.botapi.updates import Updates
from tests.botapi.webhook import Webhook
from tests.botapi.world import World

TOKEN = "123456789:AAtest-token_of-the-double_0123456789"
_HTML = "<html>\r\n<head><title>{0}</title></head>\r\n<body><center><h1>{0}</h1></center></body>\r\n</html>\r\n"
_GATEWAY = {"500": "500 Internal Server Error", "502": "502 Bad Gateway"}
_QUIET = ("getupdates", "getme")


@dataclass(slots=True)
class Call:
    """One call of the bot: what it asked, what it got, and the trouble it met."""

    method: str
    params: Params
    at: float
    result: Any = None
    error: ApiError | None = None
    fault: str | None = None
    done: bool = False
    note: str = ""

    @property
    def chat_id(self) -> int | None:
        """The chat it was for."""
        return self.params.integer("chat_id") or None

    @property
    def text(self) -> str:
        """The text or caption that was sent, with its markup."""
        return self.params.text("text") or self.params.text("caption")

    def __repr__(self) -> str:
        outcome = self.error.description if self.error else ("ok" if self.done else self.fault)
        return f"<{self.method} {self.chat_id or ''} {self.text[:60]!r}: {outcome}>"


class BotApi:
    """The server. `sent` is every call but polling, in order; `world`, `faults`, `limits` are open to tests."""

    def __init__(self, token: str = TOKEN, *, username: str = "kenri_test_bot", seed: int = 0) -> None:
        self.token = token
        self.world = World(Account(int(token.partition(":")[0]), "Kenri test", username=username, is_bot=True))
        self.faults = Faults(seed)
        self.limits = Limits()
        self.updates = Updates(self.faults)
        self.webhook = Webhook(self.updates, self.faults, self._perform_quietly)
        self.sent: list[Call] = []
        self.wrong: list[str] = []
        self.port = 0
        self.world.emit = self.updates.put
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """What TELEGRAM_API_URL must be."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        site = web.Application(client_max_size=60 * 1024 * 1024)
        site.add_routes(
            [
                web.get(r"/file/bot{token}/{path:.*}", self._file),
                web.route("*", r"/bot{token:[^/]*}/{method:[^/]*}", self._answer),
                web.route("*", "/{rest:.*}", _no_such_page),
            ]
        )
        self._runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.webhook.delete()
        self.updates.abort(ApiError(500, "Internal Server Error: restart"))
        if self._runner is not None:
            await self._runner.cleanup()
        if kind is None and self.wrong:
            raise AssertionError("the double could not do: " + "; ".join(self.wrong))

    def calls(self, method: str, chat_id: int | None = None) -> list[Call]:
        """The calls of one method so far, or those for one chat."""
        return [c for c in self.sent if c.method.lower() == method.lower() and chat_id in (None, c.chat_id)]

    async def until(self, holds: Callable[[], Any], timeout: float = 5.0, what: str = "") -> Any:
        """Wait until something holds; see World.until."""
        return await self.world.until(holds, timeout, what)

    async def acknowledged(self, timeout: float = 5.0) -> None:
        """Wait until the bot has acknowledged every update; one killed before that gets them again."""
        await self.until(lambda: not self.updates.pending, timeout, "updates wait to be acknowledged")

    async def quiet(self, seconds: float = 0.3) -> None:
        """Wait until the bot has called nothing for that long."""
        while self.sent and (left := self.sent[-1].at + seconds - time.monotonic()) > 0:
            await asyncio.sleep(left)
        if not self.sent:
            await asyncio.sleep(seconds)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            self._check(request.match_info["token"])
            call = Call(name, await reading.read(request), time.monotonic())
        except ApiError as error:
            return _json(error.body(), error.code)
        if name.lower() not in _QUIET:
            self.sent.append(call)
            self.world.changed()
        fault = self.faults.pick(name, call.chat_id)
        call.fault = fault.kind if fault else None
        if fault is not None and fault.kind in BEFORE:
            return self._refused(request, call, fault)
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        body, status = await self._carried_out(call)
        if fault is not None and fault.kind == "drop_after":
            return _dropped(request)
        if fault is not None and fault.kind == "half":
            return await _half(request, body)
        return _json(body, status)

    def _check(self, token: str) -> None:
        if ":" not in token:
            raise ApiError(404, "Not Found")
        if token != self.token:
            raise ApiError(401, "Unauthorized")

    def _refused(self, request: web.Request, call: Call, fault: Fault) -> web.Response:
        if fault.kind == "drop_before":
            return _dropped(request)
        if fault.kind == "429":
            call.error = too_many(max(1, int(fault.seconds)))
            return _json(call.error.body(), 429)
        status = _GATEWAY[fault.kind]
        return web.Response(status=int(status[:3]), text=_HTML.format(status), content_type="text/html")

    async def _carried_out(self, call: Call) -> tuple[Json, int]:
        try:
            call.result = await self._perform(call)
            call.done = True
        except ApiError as error:
            call.error = error
            return error.body(), error.code
        except NotInDouble as error:
            self.wrong.append(f"{call.method}: {error}")
            return {"ok": False, "error_code": 501, "description": f"Not in the double: {error}"}, 501
        except Exception as error:
            self.wrong.append(f"{call.method}: {error!r}")
            return {"ok": False, "error_code": 500, "description": "Internal Server Error"}, 500
        finally:
            self.world.changed()
        body = {"ok": True, "result": call.result}
        return body | ({"description": call.note} if call.note else {}), 200

    async def _perform(self, call: Call) -> Any:
        params = call.params
        match call.method.lower():
            case "getupdates":
                if self.webhook.url:
                    raise WEBHOOK_ACTIVE
                self.updates.allow(params.json("allowed_updates"))
                self.world.changed()
                offset, limit = params.integer("offset"), params.integer("limit", 100)
                return await self.updates.get(offset, limit, min(params.integer("timeout"), 50))
            case "setwebhook":
                call.note = await self.webhook.set(params)
                return True
            case "deletewebhook":
                call.note = await self.webhook.delete(params.flag("drop_pending_updates"))
                return True
            case "getwebhookinfo":
                return self.webhook.info()
        return self._do(call.method, params)

    def _do(self, name: str, params: Params) -> Any:
        if name.lower() not in METHODS:
            raise ApiError(404, "Not Found: method not found")
        if counts(name):
            self.limits.count(params.integer("chat_id"))
        return METHODS[name.lower()](self.world, params)

    def _perform_quietly(self, name: str, params: Params) -> None:
        call = Call(name, params, time.monotonic())
        self.sent.append(call)
        try:
            call.result = self._do(name, params)
            call.done = True
        except ApiError as error:
            call.error = error

    async def _file(self, request: web.Request) -> web.Response:
        for path, data in self.world.files.values():
            if request.match_info["token"] == self.token and path == request.match_info["path"]:
                return web.Response(body=data)
        return _json({"ok": False, "error_code": 404, "description": "Not Found"}, 404)


def _json(body: Json, status: int = 200) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    retry_after = body.get("parameters", {}).get("retry_after")
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)


async def _no_such_page(_: web.Request) -> web.Response:
    return _json({"ok": False, "error_code": 404, "description": "Not Found"}, 404)


def _dropped(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request, body: Json) -> web.StreamResponse:
    """Promise the whole body, send half of it, hang up."""
    whole = json.dumps(body, ensure_ascii=False).encode()
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(whole))})
    await response.prepare(request)
    await response.write(whole[: len(whole) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
