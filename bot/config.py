"""Settings from the environment or `.env`; all faults are reported together."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError

_PACKAGE = Path(__file__).parent
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def shipped(name: str) -> Path:
    """A data folder: inside the installed package, or beside it in a checkout."""
    inside = _PACKAGE / "data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def _url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return value.rstrip("/")


def _database(value: str) -> str:
    if not value.startswith(("sqlite:", "sqlite+", "postgresql:", "postgresql+", "postgres:")):
        raise ValueError("must begin with sqlite:// or postgresql://")
    return value


def _log_level(value: str) -> str:
    if value.upper() not in _LEVELS:
        raise ValueError(f"must be one of {', '.join(_LEVELS)}")
    return value.upper()


def _folder(value: Path) -> Path:
    if not value.is_dir():
        raise ValueError(f"{value} is not a folder")
    return value


def _ids(value: object) -> object:
    return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value


class Settings(BaseSettings):
    """Every setting of the contract, by its environment name in lower case."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    telegram_token: SecretStr | None = None
    telegram_api_url: Annotated[str, AfterValidator(_url)] = "https://api.telegram.org"
    database_url: Annotated[str, AfterValidator(_database)] = "sqlite:///kenri.db"
    desk_chat_id: int | None = None
    desks_file: Path | None = None
    admin_ids: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ids)] = ()
    webhook_url: Annotated[str, AfterValidator(_url)] | None = None
    webhook_secret: SecretStr | None = None
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    knowledge_dir: Annotated[Path, AfterValidator(_folder)] = shipped("knowledge")
    locales_dir: Annotated[Path, AfterValidator(_folder)] = shipped("locales")
    kenri_secret_key: SecretStr | None = None
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 90
    claim_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    log_level: Annotated[str, AfterValidator(_log_level)] = "INFO"

    @property
    def token(self) -> str:
        """The bot token; only `kenri run` needs it."""
        return self.telegram_token.get_secret_value() if self.telegram_token else ""


def load_settings(*, for_run: bool = False) -> Settings:
    """The settings, or a SettingsError that names every fault. `for_run` asks for what `kenri run` needs."""
    problems: list[str] = []
    settings: Settings | None = None
    try:
        settings = Settings()
    except ValidationError as error:
        for item in error.errors():
            name = str(item["loc"][0]).upper() if item["loc"] else "?"
            problems.append(f"{name}: {item['msg'].removeprefix('Value error, ')}")
    if for_run and settings is not None:
        if not settings.token:
            problems.append("TELEGRAM_TOKEN: is missing (ask @BotFather for one)")
        elif ":" not in settings.token:
            problems.append("TELEGRAM_TOKEN: is not a bot token (it looks like 123456:ABC...)")
        if settings.webhook_url and not settings.webhook_secret:
            problems.append("WEBHOOK_SECRET: is missing (WEBHOOK_URL needs one)")
    if problems or settings is None:
        raise SettingsError(problems)
    return settings
