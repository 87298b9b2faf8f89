# Web, worker, beat and mail intake in one image; PostgreSQL and Valkey come from compose.yaml.
FROM python:3.12-slim AS build
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt

FROM python:3.12-slim
RUN useradd --system --create-home --uid 10001 beforehand \
    && install -d -o beforehand -g beforehand -m 0700 /var/lib/beforehand
COPY --from=build /venv /venv
COPY . /app
WORKDIR /app
USER beforehand
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/beforehand \
    WEB_HOST=0.0.0.0 \
    SMTP_INTAKE_HOST=0.0.0.0
VOLUME /var/lib/beforehand
EXPOSE 8000 2525
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["python", "-m", "helpdesk", "up"]
