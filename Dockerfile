# hashchat on Discord: docker build -t hashchat . ; the README says how to run it. The token is given when it runs.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY questions questions
RUN python -m venv /opt/hashchat && /opt/hashchat/bin/pip install --no-cache-dir .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin hashchat \
    && install --directory --owner hashchat --group hashchat --mode 0700 /data
COPY --from=build /opt/hashchat /opt/hashchat
COPY questions /questions
ENV PATH=/opt/hashchat/bin:$PATH HASHCHAT_DB=/data/hashchat.db HASHCHAT_QUESTIONS=/questions PYTHONUNBUFFERED=1
VOLUME ["/data"]
USER hashchat
# 503, and so unhealthy, while Discord cannot be reached; the bot itself keeps trying.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["/opt/hashchat/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8601/health', timeout=4)"]
ENTRYPOINT ["/opt/hashchat/bin/hashchat"]
CMD ["discord", "--health", "8601"]
