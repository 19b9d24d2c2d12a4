# syntax=docker/dockerfile:1
# Two stages: the first installs and builds, the second contains what the server needs at run time.
FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json ./
COPY scripts/no-streams-local scripts/no-streams-local
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && rm -rf .next/cache && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
COPY --from=build /app/package.json /app/next.config.js ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/prisma prisma
COPY --from=build /app/.next .next
COPY --from=build /app/dist dist
# A new named volume takes its owner from this directory.
RUN mkdir /data && chown node:node /data .next
USER node
VOLUME /data
EXPOSE 3000
# /api/ready would restart the container during an outage of the database.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# node is process 1 and handles SIGTERM: it finishes running requests within 10 seconds.
STOPSIGNAL SIGTERM
CMD ["node", "dist/server.js"]
