import { type DrfChunk, DrfClient } from "../../support/drf-client.ts";
import type { WholeAnswer } from "../../support/http-client.ts";
import { type Scene, SIZE } from "./error-rows.ts";

export const ten = Buffer.alloc(10, 7);
export const nobodysId = "11111111-2222-4333-8444-555555555555";
export const md5 = (scene: Scene) => ({ md5: scene.upload.file.digest() });

export const client = ({ app, upload }: Scene) =>
  new DrfClient(app.url, upload.target.headers ?? {});
export const put = (scene: Scene, chunk: Partial<DrfChunk> = {}, id: string = scene.upload.id) => {
  const drf = client(scene);
  return drf.put({ bytes: ten, total: SIZE, ...chunk }, drf.urlOf(id));
};
export const create = (scene: Scene, chunk: Partial<DrfChunk> = {}) =>
  client(scene).put({ bytes: ten, total: SIZE, ...chunk });
export const whole = (scene: Scene, chunk: Partial<DrfChunk> = {}) =>
  client(scene).whole({ bytes: ten, ...chunk });
export const complete = (
  scene: Scene,
  fields: Record<string, string>,
  id: string = scene.upload.id,
): Promise<WholeAnswer> => {
  const drf = client(scene);
  return drf.complete(drf.urlOf(id), fields);
};
