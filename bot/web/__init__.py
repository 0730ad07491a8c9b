"""The web server: whatever routes the other parts bring, /healthz, /metrics, and the demo page."""

from bot.web.server import Server, page_routes, serve

__all__ = ["Server", "page_routes", "serve"]
