# syntax=docker/dockerfile:1
# One image for the web process and for workers; Redis runs beside it (compose.yaml).

FROM python:3.12-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/istami
COPY requirements.lock ./
RUN /opt/istami/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY service service
COPY voices voices
COPY cache cache
RUN /opt/istami/bin/pip install --no-deps . && /opt/istami/bin/python -m compileall -q /opt/istami

FROM python:3.12-slim-bookworm
RUN useradd --system --home-dir /data --create-home istami
COPY --from=build /opt/istami /opt/istami
ENV PATH=/opt/istami/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ISTAMI_DATA_DIR=/data
USER istami
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["istami"]
CMD ["serve", "--host", "0.0.0.0"]
