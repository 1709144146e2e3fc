# syntax=docker/dockerfile:1
# One image for web processes and workers; Redis runs beside it (compose.yaml). `python -m pytest tests/image` carries
# these instructions out without Docker and speaks an article with what comes of them.

# Debian 12 and its own Python 3.11: both get Debian's security updates by being built again. For builds that are the
# same tomorrow, name the base by digest as well as by tag:
#   docker buildx imagetools inspect debian:bookworm-slim --format '{{.Manifest.Digest}}'
#   docker build --build-arg BASE=debian:bookworm-slim@sha256:… .
# Everything above the base is pinned by version and hash in requirements.lock.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 python3-venv ca-certificates \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
RUN python3 -m venv /opt/istami
COPY requirements.lock ./
RUN /opt/istami/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY service service
COPY voices voices
COPY cache cache
RUN /opt/istami/bin/pip install --no-deps . \
    && /opt/istami/bin/python -m compileall -q /opt/istami \
    && /opt/istami/bin/pip uninstall --yes pip

FROM ${BASE}
# Numbers, not names: whoever runs the image can tell that it is not root without looking into it.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 istami \
    && useradd --uid 10001 --gid 10001 --home-dir /data --create-home --shell /usr/sbin/nologin istami
COPY --from=build /opt/istami /opt/istami
ENV PATH=/opt/istami/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ISTAMI_DATA_DIR=/data \
    ISTAMI_LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
# What it asks answers 503 while Redis is away or nobody speaks; a slow voice may take its time to load at the start.
HEALTHCHECK --interval=10s --timeout=6s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=5)"]
ENTRYPOINT ["istami"]
CMD ["serve", "--host", "0.0.0.0"]
