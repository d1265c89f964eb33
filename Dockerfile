# The service in a container: the same bare Debian and the same set-up as `manage.py demo`;
# only the database stands elsewhere, in DATABASE_URL.
FROM debian:bookworm-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home atlas

WORKDIR /srv/culture-atlas

# The packages change seldom, so they are a layer of their own.
COPY manage.py requirements.txt ./
COPY bootstrap ./bootstrap
RUN python3 -c "from bootstrap.environment import SERVICE; SERVICE.ensure()" \
    && rm -rf var /root/.cache

COPY . .
# Gathering static files asks for no database and keeps no secret: both stand-ins end here.
RUN SECRET_KEY=build DATABASE_URL=postgis://build@build/build \
    python3 manage.py collectstatic --noinput \
    && mkdir -p var/networks var/timetables var/photos var/tiles var/kernels \
    && chown -R atlas: var

USER atlas
# The machine code of the engine, compiled once by whoever needs it first.
ENV NUMBA_CACHE_DIR=/srv/culture-atlas/var/kernels
ENV PYTHONUNBUFFERED=1
EXPOSE 8000
CMD [".venv/bin/gunicorn", "--config=python:config.serving", "--bind=0.0.0.0:8000", "config.wsgi"]
