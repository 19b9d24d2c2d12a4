/** A shell script that uploads a file with `token` to the server at `origin`. */
export function tokenExample(origin: string, token: string): string {
  return `SERVER=${origin}
AUTH="Authorization: Bearer ${token}"
JSON="Content-Type: application/json"
FILE=film.mp4
SIZE=$(wc -c < "$FILE" | tr -d ' ')
MD5=$(openssl md5 -r "$FILE" | cut -c1-32)

ID=$(curl -s "$SERVER/api/trpc/uploads.init" -H "$AUTH" -H "$JSON" \\
  -d '{"json":{"filename":"'"$FILE"'","size":'$SIZE'}}' |
  sed 's/.*"id":"\\([^"]*\\)".*/\\1/')

curl -T "$FILE" "$SERVER/api/uploads/$ID" -H "$AUTH" \\
  -H "Content-Range: bytes 0-$((SIZE - 1))/$SIZE"

curl "$SERVER/api/trpc/uploads.complete" -H "$AUTH" -H "$JSON" \\
  -d '{"json":{"id":"'$ID'","checksum":"'$MD5'"}}'`;
}
