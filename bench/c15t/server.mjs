// The self-hosted consent backend c15t on PostgreSQL: `node server.mjs migrate` makes its tables, `node server.mjs`
// serves on a free port of loopback. DATABASE_URL says where, ORIGIN whose pages may write.
import { c15tInstance } from "@c15t/backend";
import { kyselyAdapter } from "@c15t/backend/db/adapters/kysely";
import { migrator } from "@c15t/backend/db/migrator";
import { DB } from "@c15t/backend/db/schema";
import { serve } from "@hono/node-server";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
const adapter = kyselyAdapter({ db: new Kysely({ dialect: new PostgresDialect({ pool }) }), provider: "postgresql" });

if (process.argv[2] === "migrate") {
  await (await migrator({ db: DB.client(adapter), schema: "latest" })).execute();
  process.exit(0);
}

const instance = c15tInstance({
  appName: "peer",
  basePath: "/api/c15t",
  trustedOrigins: [process.env.ORIGIN],
  adapter,
  logger: { level: "error" },
  disableGeoLocation: true,
});
serve({ fetch: instance.handler, port: 0, hostname: "127.0.0.1" }, ({ port }) => console.log(`listening on ${port}`));
