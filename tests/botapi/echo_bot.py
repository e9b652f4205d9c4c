"""The smallest bot on the same library: it echoes text. It tests the harness and is the peer in benchmarks."""

import os

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say the same."""
    message = update.effective_message
    if message is not None and message.text:
        await message.reply_text(message.text)


def main() -> None:
    """Poll, or listen when WEBHOOK_URL is set."""
    api, url = os.environ["TELEGRAM_API_URL"], os.environ.get("WEBHOOK_URL")
    app: Application = ApplicationBuilder().token(os.environ["TELEGRAM_TOKEN"]).base_url(f"{api}/bot").build()  # type: ignore[type-arg]
    app.add_handler(MessageHandler(filters.TEXT, echo))
    if url:
        app.run_webhook(
            "127.0.0.1",
            int(os.environ["PORT"]),
            url_path="telegram",
            webhook_url=f"{url}/telegram",
            secret_token=os.environ.get("WEBHOOK_SECRET"),
        )
    else:
        app.run_polling(timeout=20)


if __name__ == "__main__":
    main()
