"""`newsletter serve`."""

from __future__ import annotations

import socket

import click

from newsletter.cli.issue_argument import current_workspace
from newsletter.errors import NewsletterError, WrongUsage


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8780,
    show_default=True,
    help="Port; 0 for any.",
)
@click.option(
    "--proxy",
    metavar="ADDRESS",
    help="Trust X-Forwarded-For and X-Forwarded-Proto from this address, network or *.",
)
@click.option("--metrics", is_flag=True, help="Serve Prometheus metrics at /metrics.")
def command(host: str, port: int, proxy: str | None, metrics: bool) -> None:
    """Serve the web pages for subscribing, confirming, unsubscribing and preferences.

    Serves plain HTTP: put a TLS proxy in front. /health reports the state as JSON. Press Ctrl-C to
    stop.
    """
    from newsletter.send.addressing import unsubscribe_base
    from newsletter.send.sending import ADD_LIST, NO_LISTS, open_services
    from newsletter.send.storage import require

    require("starlette", "uvicorn")
    workspace = current_workspace()
    unsubscribe_base(workspace.send)
    if not workspace.lists:
        raise WrongUsage(NO_LISTS, hint=ADD_LIST)
    with open_services(workspace) as services:
        import uvicorn

        from newsletter.send.web.subscription_app import make_subscription_app

        config = uvicorn.Config(
            make_subscription_app(services, metrics=metrics),
            host=host,
            port=port,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,  # its lines would contain tokens
            server_header=False,
            proxy_headers=proxy is not None,
            forwarded_allow_ips=proxy or "",
        )
        listener = _listen(host, port)
        click.echo(f"http://{host}:{listener.getsockname()[1]}/")
        uvicorn.Server(config).run([listener])
    click.echo("Closed.", err=True)


def _listen(host: str, port: int) -> socket.socket:
    """Return a bound socket. Raises `NewsletterError` if the port is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise NewsletterError(
            f"Cannot listen on {host}:{port}: {error.strerror}",
            hint="Choose another with `--port 8781`.",
        ) from error
    return listener
