"""For the container's health check: ends with 0 while this process is alive.

Not /readyz, whatever else is away: what acts on a container's health ends it, and with it what it has not saved.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

host = urlsplit(os.environ.get("SITE_URL", "http://localhost")).hostname or "localhost"
connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
try:
    # Under the name that the site is known by: others are refused.
    named = os.environ.get("ALLOWED_HOSTS", host).split(",")[0]
    connection.request("GET", "/healthz", headers={"Host": host if "*" in named else named.lstrip(".")})
    sys.exit(0 if connection.getresponse().status == 200 else 1)
except (OSError, HTTPException) as error:
    sys.exit(f"no answer: {error}")
