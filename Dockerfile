# Three stages: the browser's bundle, the Python packages, and the image with nothing but what runs.

FROM node:24-slim AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --omit=dev
COPY frontend/scripts ./scripts
COPY frontend/src ./src
# The style sheet has the classes that templates use, the sprite their icons.
COPY templates ../templates
COPY core ../core
COPY notes ../notes
COPY realtime ../realtime
RUN npm run build

FROM python:3.13-slim AS packages
WORKDIR /src
RUN python -m venv /venv
# `traces` has the packages of OpenTelemetry too.
ARG REQUIREMENTS=base
COPY requirements/${REQUIREMENTS}.txt ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r ${REQUIREMENTS}.txt

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Commonplace" \
      org.opencontainers.image.description="Notes that a group writes together, live in the browser" \
      org.opencontainers.image.licenses="MIT"
# The key itself comes at run time; this names the file.
# hadolint ignore=DL3064
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DEBUG=false \
    BIND=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data \
    SECRET_KEY_FILE=/data/secret-key \
    STATIC_ROOT=/app/staticfiles
RUN useradd --system --uid 10001 --home-dir /data --create-home commonplace \
 && install --directory --owner 10001 --mode 700 /secrets
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY core ./core
COPY notes ./notes
COPY realtime ./realtime
COPY templates ./templates
COPY static ./static
COPY deploy/entrypoint deploy/make-secret deploy/healthcheck.py ./deploy/
COPY --from=frontend /src/static/build ./static/build
# Hashed names and compressed copies. Nothing is signed here, so the key is of no use to anybody.
RUN SECRET_KEY=only-while-the-image-is-built python manage.py collectstatic --noinput --verbosity 0 \
 && python -m compileall -q core notes realtime
# By number: Kubernetes asks whether it is root before it can look at names.
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "deploy/healthcheck.py"]
ENTRYPOINT ["deploy/entrypoint"]
CMD ["python", "manage.py", "serve"]
