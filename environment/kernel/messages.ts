/**
 * The wire format of messages: [identities..., delimiter, signature, header, parent header, metadata, content].
 *
 * Reference: jupyter_client documentation, "Messaging in Jupyter", protocol 5.3.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

export const protocolVersion = '5.3';

export interface Header {
  msg_id: string;
  msg_type: string;
  session: string;
  username: string;
  date: string;
  version: string;
}

export type Content = Record<string, unknown>;

export interface Message {
  /** Routing prefix: who asked, so that a router can send the answer back. */
  identities: Buffer[];
  header: Header;
  content: Content;
}

const delimiter = Buffer.from('<IDS|MSG>');

/**
 * Reads a message and checks who wrote it.
 *
 * @param key  secret of the connection file; empty where the server signs nothing
 * @throws {Error} when the signature is not ours
 */
export function decode(frames: Buffer[], key: string): Message {
  const start = frames.findIndex((frame) => frame.equals(delimiter));
  if (start < 0) throw new Error('message without delimiter');
  const [signature, ...parts] = frames.slice(start + 1);
  const expected = Buffer.from(sign(parts.slice(0, 4), key));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected))
    throw new Error('message with a wrong signature');
  const [header, , , content] = parts;
  return {
    identities: frames.slice(0, start),
    header: JSON.parse(header.toString()),
    content: JSON.parse(content.toString()),
  };
}

/** Writes a message of a type in answer to a request. */
export function encode(type: string, content: Content, request: Message, key: string): Buffer[] {
  const header: Header = {
    ...request.header,
    msg_id: randomUUID(),
    msg_type: type,
    date: new Date().toISOString(),
    version: protocolVersion,
  };
  const parts = [header, request.header, {}, content].map((part) => Buffer.from(JSON.stringify(part)));
  return [...request.identities, delimiter, Buffer.from(sign(parts, key)), ...parts];
}

function sign(parts: Buffer[], key: string): string {
  if (!key) return '';
  const hash = createHmac('sha256', key);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
