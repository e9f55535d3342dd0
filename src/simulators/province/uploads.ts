import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FaultKind } from './faults.ts';
import type { FileMeta, Files } from './files.ts';
import { header, REPLY, type Reply, readBody, refuse } from './http.ts';

/** The largest body of one PATCH, and of one file. */
export const MAX_CHUNK_BYTES = 16 * 1024 * 1024;
export const MAX_FILE_BYTES = 2 * 1024 * 1024 * 1024;

const TUS = { 'tus-resumable': '1.0.0' };

export interface UploadStats {
  /** Bytes of PATCH bodies that arrived, kept or not. */
  received: number;
  /** Bytes that were added to files. */
  kept: number;
}

export interface Uploads {
  /** `path` is what follows `/tep`: '' or `/<id>`. */
  handle(request: IncomingMessage, path: string): Promise<Reply>;
}

function metadataOf(request: IncomingMessage): Map<string, string> {
  const pairs = header(request, 'upload-metadata').split(',');
  return new Map(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.trim().split(' ');
      return [name, Buffer.from(value, 'base64').toString('utf8')];
    }),
  );
}

function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

/** tus 1.0.0: core, creation and checksum (https://tus.io/protocols/resumable-upload). */
export function createUploads(
  files: Files,
  stats: UploadStats,
  cutAfter: (bytes: number) => boolean,
  strikes: (kind: FaultKind) => boolean,
): Uploads {
  async function create(request: IncomingMessage): Promise<Reply> {
    const metadata = metadataOf(request);
    const wanted = {
      key: metadata.get('key') ?? '',
      name: metadata.get('filename') ?? '',
      sha256: metadata.get('sha256') ?? '',
      bytes: wholeNumber(header(request, 'upload-length')),
    };
    if (wanted.bytes > MAX_FILE_BYTES) throw refuse(413, REPLY.invalid, 'Tệp quá lớn');
    const wrong = [
      ...(wanted.bytes > 0 ? [] : [{ truong: 'Upload-Length', ma: 'shape' }]),
      ...(/^.{8,200}$/.test(wanted.key) ? [] : [{ truong: 'key', ma: 'required' }]),
      ...(/^[0-9a-f]{64}$/.test(wanted.sha256) ? [] : [{ truong: 'sha256', ma: 'shape' }]),
      ...(wanted.name.length > 0 && wanted.name.length <= 4000 ? [] : [{ truong: 'filename', ma: 'length' }]),
    ];
    if (wrong.length > 0) throw refuse(400, REPLY.invalid, 'Tệp không hợp lệ', wrong);
    const { meta, created } = await files.create(wanted);
    if (meta.sha256 !== wanted.sha256 || meta.bytes !== wanted.bytes) {
      throw refuse(409, REPLY.keyConflict, 'Khóa đã dùng cho tệp khác');
    }
    return {
      status: created ? 201 : 200,
      headers: { ...TUS, location: `/tep/${meta.id}`, 'upload-offset': String(meta.offset) },
    };
  }

  function checkChecksum(request: IncomingMessage, chunk: Buffer): void {
    const [algorithm, expected] = header(request, 'upload-checksum').split(' ');
    if (algorithm !== 'sha256' || !expected) throw refuse(400, REPLY.invalid, 'Thiếu Upload-Checksum');
    const actual = createHash('sha256').update(chunk).digest('base64');
    if (actual !== expected || strikes('damaged-chunk')) {
      throw refuse(460, REPLY.invalid, 'Đoạn dữ liệu bị hỏng');
    }
  }

  async function finishIfWhole(meta: FileMeta): Promise<FileMeta> {
    if (meta.done || meta.offset < meta.bytes) return meta;
    const finished = await files.finish(meta);
    if (finished) return finished;
    throw refuse(409, REPLY.fileHash, 'Mã băm của tệp không khớp', [{ truong: 'sha256', ma: 'hash' }]);
  }

  async function patch(request: IncomingMessage, meta: FileMeta): Promise<Reply> {
    if (header(request, 'content-type') !== 'application/offset+octet-stream') {
      throw refuse(415, REPLY.invalid, 'Sai kiểu nội dung');
    }
    // With a checksum on it a chunk counts whole or not at all, so that a cut costs at most one chunk.
    const chunk = await readBody(request, MAX_CHUNK_BYTES, (bytes) => {
      stats.received += bytes;
      return cutAfter(bytes);
    });
    return files.exclusively(meta.id, async () => {
      const current = files.get(meta.id);
      if (!current) throw refuse(404, REPLY.unknown, 'Không có tệp');
      if (wholeNumber(header(request, 'upload-offset')) !== current.offset || current.done) {
        throw refuse(409, REPLY.keyConflict, 'Sai vị trí');
      }
      if (current.offset + chunk.length > current.bytes)
        throw refuse(400, REPLY.invalid, 'Tệp dài hơn đã báo');
      checkChecksum(request, chunk);
      const grown = await files.append(current, chunk);
      stats.kept += chunk.length;
      await finishIfWhole(grown);
      return { status: 204, headers: { ...TUS, 'upload-offset': String(grown.offset) } };
    });
  }

  async function info(meta: FileMeta): Promise<Reply> {
    if (!meta.done) throw refuse(425, REPLY.unknown, 'Tệp chưa đủ');
    const hash = strikes('lying-hash') ? createHash('sha256').update(meta.sha256).digest('hex') : meta.sha256;
    return {
      status: 200,
      json: {
        error_code: REPLY.ok,
        result: [{ IdTepTin: meta.id, HashTepTin: hash, TenTep: meta.name, KichThuoc: String(meta.bytes) }],
      },
    };
  }

  async function onFile(request: IncomingMessage, id: string): Promise<Reply> {
    if (request.method === 'HEAD' && strikes('forget-upload')) await files.forget(id);
    const meta = await files.exclusively(id, async () => {
      const known = files.get(id);
      // A kill may have come between the last chunk and the check of the whole.
      return known && finishIfWhole(known);
    });
    if (!meta) throw refuse(404, REPLY.unknown, 'Không có tệp');
    if (request.method === 'GET') return info(meta);
    if (request.method === 'PATCH') return patch(request, meta);
    if (request.method !== 'HEAD') throw refuse(405, REPLY.invalid, 'Sai phương thức');
    return {
      status: 200,
      headers: { ...TUS, 'upload-offset': String(meta.offset), 'upload-length': String(meta.bytes) },
    };
  }

  return {
    handle(request, path) {
      if (request.method === 'OPTIONS') {
        return Promise.resolve({
          status: 204,
          headers: {
            ...TUS,
            'tus-version': '1.0.0',
            'tus-extension': 'creation,checksum',
            'tus-checksum-algorithm': 'sha256',
            'tus-max-size': String(MAX_FILE_BYTES),
          },
        });
      }
      if (request.method !== 'GET' && header(request, 'tus-resumable') !== '1.0.0') {
        throw refuse(412, REPLY.invalid, 'Chỉ dùng tus 1.0.0');
      }
      if (path === '' && request.method === 'POST') return create(request);
      const m = /^\/([0-9a-f-]{36})$/.exec(path);
      if (!m) throw refuse(404, REPLY.unknown, 'Không có tệp');
      return onFile(request, m[1]!);
    },
  };
}
