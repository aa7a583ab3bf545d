"""Whether Redis and the panel answer."""

from __future__ import annotations

import http.client

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError
from redis.retry import Retry

import config
from app.supervisor import panel

ANSWER_SECONDS = 2.0


def redis_answers(url: str, loading: bool = False) -> bool:
    """Whether Redis can be asked; `loading`: or says that it still reads what it had kept."""
    client = Redis.from_url(
        url,
        socket_connect_timeout=1,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return bool(client.ping())
    except BusyLoadingError:
        return loading
    except RedisError:
        return False
    finally:
        client.close()


def panel_answers(settings: config.Config, path: str, seconds: float) -> bool:
    """Whether the panel shows a page in time."""
    host = panel.near(settings.bind)
    connection = http.client.HTTPConnection(host, settings.port, timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
