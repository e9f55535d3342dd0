import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import * as fs from 'node:fs/promises';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import SQLite from 'better-sqlite3';
import pino from 'pino';
import { z } from 'zod';

/** The shape of a failure as it crosses a process border. */
var errorShape = z.object({
  code: z.enum([
    'BAD_REQUEST',
    'BAD_RESPONSE',
    'UNKNOWN_OPERATION',
    'FORBIDDEN_ROLE',
    'CANCELLED',
    'INTERNAL',
    'ENGINE_GONE',
    'CONFIG_INVALID',
    'PROCEDURE_UNKNOWN',
    'PROCEDURE_FILE_INVALID',
    'DOSSIER_UNKNOWN',
    'DOSSIER_STATE',
    'COMPONENT_UNKNOWN',
    'COMPONENT_MISSING',
    'COMPONENT_UNSIGNED',
    'PAGE_UNKNOWN',
    'APPLICANT_INCOMPLETE',
    'SEPARATOR_OTHER_DOSSIER',
    'CITIZEN_QR_INVALID',
    'CONFIDENTIAL_PAPER',
    'CALENDAR_YEAR_MISSING',
    'CALENDAR_INVALID',
    'SLIP_TEXT_UNPRINTABLE',
    'STORE_IN_USE',
    'STORE_KEY_WRONG',
    'STORE_CORRUPT',
    'STORE_NEWER',
    'STORE_CONFLICT',
    'VAULT_OBJECT_MISSING',
    'VAULT_OBJECT_CORRUPT',
    'DISK_FULL',
    'DISK_FAILED',
    'SCANNER_URI_INVALID',
    'SCANNER_UNREACHABLE',
    'SCANNER_BUSY',
    'SCANNER_JAMMED',
    'SCANNER_COVER_OPEN',
    'SCANNER_EMPTY',
    'SCANNER_DENIED',
    'SCANNER_IO',
    'SCANNER_TIMEOUT',
    'SCANNER_PROTOCOL',
    'SCANNER_UNSUPPORTED',
    'SCANNER_CERTIFICATE',
    'SCANNER_TOOL_MISSING',
    'PAGE_TRUNCATED',
    'PRINTER_URI_INVALID',
    'PRINTER_UNREACHABLE',
    'PRINTER_DENIED',
    'PRINTER_CERTIFICATE',
    'PRINTER_PROTOCOL',
    'PRINTER_BUSY',
    'PRINTER_REJECTED',
    'PRINTER_STOPPED',
    'PRINTER_MEDIA_EMPTY',
    'PRINTER_JAMMED',
    'PRINTER_COVER_OPEN',
    'PRINTER_SUPPLY_EMPTY',
    'PRINTER_UNSUPPORTED_FORMAT',
    'PRINTER_JOB_FAILED',
    'PRINTER_JOB_UNCERTAIN',
    'IMAGE_UNREADABLE',
    'IMAGE_TOO_LARGE',
    'IMAGE_UNSUPPORTED',
    'READING_FAILED',
    'PDF_UNREADABLE',
    'PDF_ENCRYPTED',
    'PDF_NO_PAGES',
    'PDF_TOO_COMPLEX',
    'PDF_CHANGES_FORBIDDEN',
    'PDF_SIGNED_KEPT',
    'PDF_ACTIVE_CONTENT',
    'KEY_SOURCE_INVALID',
    'PKCS12_UNREADABLE',
    'PKCS12_PASSWORD_WRONG',
    'PKCS12_NO_KEY',
    'KEY_UNSUPPORTED',
    'CERTIFICATE_EXPIRED',
    'CERTIFICATE_NOT_YET_VALID',
    'CERTIFICATE_MISMATCH',
    'TOKEN_MODULE_MISSING',
    'TOKEN_MODULE_INVALID',
    'TOKEN_NOT_PRESENT',
    'TOKEN_REMOVED',
    'TOKEN_NO_KEY',
    'TOKEN_PIN_WRONG',
    'TOKEN_PIN_LOCKED',
    'TOKEN_PIN_LENGTH',
    'TOKEN_PIN_NEEDED',
    'TOKEN_PIN_EXPIRED',
    'TOKEN_FUNCTION_FAILED',
    'TOKEN_HUNG',
    'TOKEN_HOST_CRASHED',
    'SIGNATURE_LEVEL_UNSUPPORTED',
    'SIGNATURE_TOO_LARGE',
    'SIGNATURE_SELF_CHECK_FAILED',
    'SIGNATURE_UNREADABLE',
    'PROVINCE_UNREACHABLE',
    'PROVINCE_TIMEOUT',
    'PROVINCE_UNAUTHORIZED',
    'PROVINCE_FORBIDDEN',
    'PROVINCE_REFUSED',
    'PROVINCE_FAILED',
    'PROVINCE_PROTOCOL',
    'PROVINCE_CONFLICT',
    'PROVINCE_HASH_MISMATCH',
    'PROVINCE_NO_NUMBERS',
    'FILE_MISSING',
    'FILE_TOO_LARGE',
    'UPLOAD_BROKEN',
    'INBOX_UNREACHABLE',
    'FILE_EXISTS',
    'USAGE',
  ]),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
/**
 * Base of every named failure. `code` chooses the text, `details` fills its placeholders; `cause` keeps the
 * technical origin for the log and never reaches a screen.
 */
var CounterError = class extends Error {
  name = 'CounterError';
  code;
  details;
  constructor(code, details = {}, options) {
    super(`${code}${Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : ''}`, options);
    this.code = code;
    this.details = details;
  }
};
function toErrorShape(error) {
  if (error instanceof CounterError)
    return {
      code: error.code,
      details: { ...error.details },
    };
  if (error instanceof Error && error.name === 'AbortError')
    return {
      code: 'CANCELLED',
      details: {},
    };
  return {
    code: 'INTERNAL',
    details: {},
  };
}
// src/main/dossiers/confidential.ts
/** Why the intake stops; printed with the failure. */
var RULE = 'NĐ 30/2020/NĐ-CP Điều 22 khoản 4; TT 01/2023/TT-VPCP Điều 4';
/** 'mật' is part of many everyday words; these neighbours make one of them. */
var COMPOUND_BEFORE = /* @__PURE__ */ new Set([
  'bảo',
  'bí',
  'thân',
  'cơ',
  'nội',
  'ống',
  'túi',
  'sỏi',
  'ngọt',
  'mía',
  'đường',
]);
var COMPOUND_AFTER = /* @__PURE__ */ new Set([
  ...['khẩu', 'mã', 'ong', 'độ', 'thiết', 'vụ', 'thám', 'hiệu', 'lệnh', 'danh', 'mía', 'hoa', 'đường', 'gấu'],
  ...['báo', 'ước', 'đàm', 'nghị', 'tông', 'ngọt', 'rỉ', 'mía', 'khu', 'thất', 'chỉ', 'phục'],
]);
/** Words that name a paper or its mark: before 'mật' they make it a level of secrecy. */
var PAPER_WORDS = /* @__PURE__ */ new Set([
  'dấu',
  'độ',
  'mức',
  'liệu',
  'bản',
  'sơ',
  'giấy',
  'loại',
  'quyết',
  'chế',
]);
/**
 * The mark of secrecy that a text carries, or null. Meant for stamps that a clerk picks and for names of papers and
 * of documents on disk, not for running prose. 'TỐI MẬT' and 'TUYỆT MẬT' count in any case; 'mật' counts where it
 * stands alone or qualifies a paper ('văn bản mật'), not inside words such as 'bảo mật' or 'mật khẩu'.
 */
function confidentialMark(text) {
  const folded = text.normalize('NFC').toLowerCase();
  const words = wordsOf(folded);
  let found = null;
  words.forEach((word, i) => {
    if (word.text !== 'mật') return;
    const before = words[i - 1]?.text ?? '';
    if (before === 'tuyệt') found = 'TUYỆT MẬT';
    else if (before === 'tối') found = found ?? 'TỐI MẬT';
    else if (!found && isPlainMark(folded, words, i)) found = 'MẬT';
  });
  if (!found && /(^|[^a-z])tuyet[ _-]*mat([^a-z]|$)/.test(folded)) return 'TUYỆT MẬT';
  return found;
}
/** Throws CONFIDENTIAL_PAPER {mark, rule} where the text carries a mark of secrecy. */
function assertNotConfidential(text) {
  const mark = confidentialMark(text);
  if (mark)
    throw new CounterError('CONFIDENTIAL_PAPER', {
      mark,
      rule: RULE,
    });
}
function wordsOf(text) {
  return [...text.matchAll(/[\p{L}\p{M}]+/gu)].map((m) => ({
    text: m[0],
    start: m.index,
    end: m.index + m[0].length,
  }));
}
function isPlainMark(text, words, i) {
  const before = words[i - 1];
  const after = words[i + 1];
  if (COMPOUND_AFTER.has(after?.text ?? '')) return false;
  if (COMPOUND_BEFORE.has(before?.text ?? '')) return false;
  if (PAPER_WORDS.has(before?.text ?? '')) return true;
  if (before?.text === 'văn') return words[i - 2]?.text === 'công';
  if (before?.text === 'thị') return false;
  return standsApart(text, before?.end ?? 0, words[i].start) && standsApart(text, words[i].end, after?.start);
}
/** True where no word is joined by mere blanks: an end of the text, a digit or a mark such as '(', '-', '_' lies between. */
function standsApart(text, from, to = text.length) {
  return from === 0 || to === text.length ? true : text.slice(from, to).trim() !== '';
}
// src/main/dossiers/dossier.ts
/**
 * The dossier after one more event. Throws STORE_CORRUPT where the event cannot follow what went before: the
 * commands never make such a one, so the journal has been damaged or written by something else.
 */
function apply(dossier, event) {
  if (event.type === 'opened') {
    if (dossier) throw impossible(event);
    return openedFrom(event);
  }
  if (!dossier) throw impossible(event);
  return {
    ...step(dossier, event),
    version: dossier.version + 1,
  };
}
/** What a screen may see; exactly the contract's shape. */
function toView(dossier) {
  const { version: _version, discardReason: _discardReason, ...view } = dossier;
  return view;
}
function livePages(component) {
  return component.pages.filter((page) => !page.removed);
}
function componentOf(dossier, componentId) {
  return dossier.components.find((c) => c.spec.id === componentId);
}
function whereIs(dossier, pageId) {
  for (const component of dossier.components) {
    const page = component.pages.find((p) => p.id === pageId);
    if (page)
      return {
        component,
        page,
      };
  }
  return null;
}
function whereIsAttachment(dossier, attachmentId) {
  for (const component of dossier.components) {
    const attachment = component.attachments.find((a) => a.id === attachmentId);
    if (attachment)
      return {
        component,
        attachment,
      };
  }
  return null;
}
/** Puts a page at `index` among the pages that are not removed; beyond the end means last. */
function insertAt(pages, page, index) {
  const next = pages.filter((p) => !p.removed)[index];
  const at = next ? pages.indexOf(next) : pages.length;
  return [...pages.slice(0, at), page, ...pages.slice(at)];
}
function openedFrom(event) {
  return {
    id: event.dossierId,
    state: 'draft',
    procedure: event.procedure,
    applicant: null,
    components: event.procedure.components.map((spec) => ({
      spec,
      pages: [],
      signature: null,
      attachments: [],
      facts: null,
    })),
    code: null,
    openedAt: event.at,
    openedBy: event.actor,
    receivedAt: null,
    due: null,
    slipDocumentId: null,
    receipt: null,
    sendFault: null,
    version: 1,
    discardReason: null,
  };
}
function step(dossier, event) {
  switch (event.type) {
    case 'applicant-set':
      return {
        ...during('draft', dossier, event),
        applicant: event.applicant,
      };
    case 'page-added':
      return addPage$1(during('draft', dossier, event), event);
    case 'page-removed':
    case 'page-restored':
      return setRemoved(during('draft', dossier, event), event);
    case 'page-moved':
      return movePage(during('draft', dossier, event), event);
    case 'page-treated':
      return treatPage(during('draft', dossier, event), event);
    case 'page-confirmed':
      return confirmPage(during('draft', dossier, event), event);
    case 'attachment-added':
      return addAttachment$1(during('draft', dossier, event), event);
    case 'attachment-removed':
    case 'attachment-restored':
      return changeAttachment(during('draft', dossier, event), event, {
        removed: event.type === 'attachment-removed',
      });
    case 'attachment-signed':
      return changeAttachment(during('draft', dossier, event), event, { signature: event.signature });
    case 'component-described':
      return changeComponent(during('draft', dossier, event), event.componentId, event, (c) => ({
        ...c,
        facts: event.facts,
      }));
    case 'component-signed':
      return sign(during('draft', dossier, event), event);
    case 'received':
      return receive(during('draft', dossier, event), event);
    case 'discarded':
      return {
        ...during('draft', dossier, event),
        state: 'discarded',
        discardReason: event.reason,
      };
    case 'code-assigned':
      if (dossier.code?.kind !== 'temporary') throw impossible(event);
      return {
        ...dossier,
        code: event.code,
      };
    case 'send-failed':
      return {
        ...during('received', dossier, event),
        sendFault: event.fault,
      };
    case 'sent':
      return {
        ...during('received', dossier, event),
        state: 'sent',
        receipt: event.receipt,
        sendFault: null,
      };
  }
}
function addPage$1(dossier, event) {
  if (whereIs(dossier, event.page.id)) throw impossible(event);
  const page = {
    ...event.page,
    addedAt: event.at,
    removed: false,
  };
  return changeComponent(dossier, event.componentId, event, (c) => unsigned(c, [...c.pages, page]));
}
function setRemoved(dossier, event) {
  const removed = event.type === 'page-removed';
  const found = whereIs(dossier, event.pageId);
  if (!found || found.page.removed === removed) throw impossible(event);
  return changeComponent(dossier, found.component.spec.id, event, (c) =>
    unsigned(
      c,
      c.pages.map((p) =>
        p.id === event.pageId
          ? {
              ...p,
              removed,
            }
          : p,
      ),
    ),
  );
}
function movePage(dossier, event) {
  const found = whereIs(dossier, event.pageId);
  if (!found || found.page.removed) throw impossible(event);
  return changeComponent(
    changeComponent(dossier, found.component.spec.id, event, (c) =>
      unsigned(
        c,
        c.pages.filter((p) => p.id !== event.pageId),
      ),
    ),
    event.componentId,
    event,
    (c) => unsigned(c, insertAt(c.pages, found.page, event.index)),
  );
}
/** Another picture is another document; the page keeps its place and its number of pictures rises. */
function treatPage(dossier, event) {
  const found = whereIs(dossier, event.pageId);
  if (!found) throw impossible(event);
  const { component, page } = found;
  const treated = {
    ...page,
    ...event.picture,
    revision: page.revision + 1,
    confirmed: false,
  };
  const change = (c) => c.pages.map((p) => (p.id === page.id ? treated : p));
  return changeComponent(dossier, component.spec.id, event, (c) =>
    page.removed
      ? {
          ...c,
          pages: change(c),
        }
      : unsigned(c, change(c)),
  );
}
function confirmPage(dossier, event) {
  const found = whereIs(dossier, event.pageId);
  if (!found) throw impossible(event);
  const { confirmed } = event;
  return changeComponent(dossier, found.component.spec.id, event, (c) => ({
    ...c,
    pages: c.pages.map((p) =>
      p.id === event.pageId
        ? {
            ...p,
            confirmed,
          }
        : p,
    ),
  }));
}
function addAttachment$1(dossier, event) {
  if (whereIsAttachment(dossier, event.attachment.id)) throw impossible(event);
  const added = {
    ...event.attachment,
    signature: null,
    addedAt: event.at,
    removed: false,
  };
  return changeComponent(dossier, event.componentId, event, (c) => ({
    ...c,
    attachments: [...c.attachments, added],
  }));
}
function changeAttachment(dossier, event, change) {
  const found = whereIsAttachment(dossier, event.attachmentId);
  if (!found || found.attachment.removed === change.removed) throw impossible(event);
  return changeComponent(dossier, found.component.spec.id, event, (c) => ({
    ...c,
    attachments: c.attachments.map((a) =>
      a.id === event.attachmentId
        ? {
            ...a,
            ...change,
          }
        : a,
    ),
  }));
}
function sign(dossier, event) {
  return changeComponent(dossier, event.componentId, event, (c) => {
    if (
      livePages(c)
        .map((p) => p.id)
        .join() !== event.pageIds.join()
    )
      throw impossible(event);
    return {
      ...c,
      signature: event.signature,
    };
  });
}
function receive(dossier, event) {
  return {
    ...dossier,
    state: 'received',
    code: event.code,
    receivedAt: event.receivedAt,
    due: event.due,
    slipDocumentId: event.slipDocumentId,
  };
}
/** Other pages are another document: a signature over the former ones no longer speaks for the component. */
function unsigned(component, pages) {
  return {
    ...component,
    pages,
    signature: null,
  };
}
function changeComponent(dossier, componentId, event, change) {
  if (componentOf(dossier, componentId)?.spec.handling !== 'submit') throw impossible(event);
  return {
    ...dossier,
    components: dossier.components.map((c) => (c.spec.id === componentId ? change(c) : c)),
  };
}
function during(state, dossier, event) {
  if (dossier.state !== state) throw impossible(event);
  return dossier;
}
function impossible(event) {
  return new CounterError('STORE_CORRUPT', {
    reason: 'impossible-event',
    event: event.type,
    at: event.at,
  });
}
// src/main/dossiers/commands.ts
function open(input, stamp) {
  return [
    {
      type: 'opened',
      ...stamp,
      ...input,
    },
  ];
}
/** `label` is what the clerk or the device calls the paper (a stamp chosen, a file name), where there is one. */
function addPage(dossier, input, stamp) {
  mustBe(dossier, 'draft');
  mustTakePages(dossier, input.componentId);
  if (input.label !== void 0) assertNotConfidential(input.label);
  const known = whereIs(dossier, input.page.id);
  if (known?.component.spec.id === input.componentId && !known.page.removed) return [];
  if (known)
    throw new CounterError('DOSSIER_STATE', {
      state: dossier.state,
      reason: 'page-known',
    });
  return [
    {
      type: 'page-added',
      ...stamp,
      componentId: input.componentId,
      page: input.page,
    },
  ];
}
/**
 * Adds a page at its place. `componentId` counts where the place is the end, or where the page that it is named by
 * was taken away in the meantime. `aside` adds it and sets it aside at once (a separator sheet).
 */
function addPageAt(dossier, input, stamp) {
  const { place, page } = input;
  const anchor = place.at === 'end' ? null : whereIs(dossier, place.pageId);
  const beside = anchor && !anchor.page.removed ? anchor : null;
  const componentId = beside?.component.spec.id ?? input.componentId;
  const events = addPage(
    dossier,
    {
      componentId,
      page,
    },
    stamp,
  );
  if (events.length === 0) return events;
  const now = () => events.reduce(apply, dossier);
  if (beside) {
    const at = livePages(beside.component).indexOf(beside.page);
    const index = place.at === 'after' ? at + 1 : at;
    events.push(
      ...movePages(
        now(),
        {
          pageIds: [page.id],
          componentId,
          index,
        },
        stamp,
      ),
    );
    if (place.at === 'replace') events.push(...removePage(now(), beside.page.id, stamp));
  }
  if (input.aside) events.push(...removePage(now(), page.id, stamp));
  return events;
}
/** Takes a page out of its component; it stays in the dossier and can be brought back. */
function removePage(dossier, pageId, stamp) {
  mustBe(dossier, 'draft');
  return mustFind(dossier, pageId).page.removed
    ? []
    : [
        {
          type: 'page-removed',
          ...stamp,
          pageId,
        },
      ];
}
/**
 * Moves pages, in the order given, to `index` among the other live pages of a component (0 = first; beyond the end =
 * last). One page moved is a correction, many are a component split or merged.
 */
function movePages(dossier, input, stamp) {
  mustBe(dossier, 'draft');
  const target = mustTakePages(dossier, input.componentId);
  const moved = [...new Set(input.pageIds)];
  for (const pageId of moved)
    if (mustFind(dossier, pageId).page.removed)
      throw new CounterError('PAGE_UNKNOWN', {
        pageId,
        reason: 'removed',
      });
  const before = livePages(target).map((p) => p.id);
  const others = before.filter((id) => !moved.includes(id));
  if (others.toSpliced(input.index, 0, ...moved).join() === before.join()) return [];
  const events = [];
  let now = dossier;
  for (const [i, pageId] of moved.entries()) {
    const rest = livePages(componentOf(now, input.componentId))
      .map((p) => p.id)
      .filter((id) => id !== pageId);
    const next = others[input.index];
    const behind = moved[i - 1];
    const index =
      behind !== void 0 ? rest.indexOf(behind) + 1 : next !== void 0 ? rest.indexOf(next) : rest.length;
    const event = {
      type: 'page-moved',
      ...stamp,
      pageId,
      componentId: input.componentId,
      index,
    };
    events.push(event);
    now = apply(now, event);
  }
  return events;
}
/** A PDF is kept whole beside the pages. Its name is checked as a paper's label is. */
function addAttachment(dossier, input, stamp) {
  mustBe(dossier, 'draft');
  mustTakePages(dossier, input.componentId);
  assertNotConfidential(input.attachment.name);
  if (whereIsAttachment(dossier, input.attachment.id)) return [];
  return [
    {
      type: 'attachment-added',
      ...stamp,
      ...input,
    },
  ];
}
function mustBe(dossier, state) {
  if (dossier.state !== state)
    throw new CounterError('DOSSIER_STATE', {
      state: dossier.state,
      needed: state,
    });
}
function mustTakePages(dossier, componentId) {
  const component = componentOf(dossier, componentId);
  if (!component) throw new CounterError('COMPONENT_UNKNOWN', { componentId });
  const { handling } = component.spec;
  if (handling !== 'submit')
    throw new CounterError('COMPONENT_UNKNOWN', {
      componentId,
      handling,
    });
  return component;
}
function mustFind(dossier, pageId) {
  const found = whereIs(dossier, pageId);
  if (!found) throw new CounterError('PAGE_UNKNOWN', { pageId });
  return found;
}
// src/contract/model.ts
/** An instant in UTC, ISO 8601 with `Z`; screens and papers show it at +07:00. */
var instant = z.iso.datetime();
/** A calendar day, `yyyy-MM-dd`. */
var day = z.iso.date();
var id = z.uuid();
/** Lower-case hexadecimal SHA-256. */
var sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** Unit of a procedure's time limit: working days, calendar days, hours of work, or the same day (15:00 rule). */
var durationUnit = z.enum(['working-day', 'day', 'hour', 'same-day']);
var duration = z.object({
  value: z.number().int().nonnegative(),
  unit: durationUnit,
});
/** One paper that a procedure asks for (thành phần hồ sơ). */
var componentSpec = z.object({
  id: z.string().min(1),
  /** National code where there is one (MAGIAYTO), else empty. */
  code: z.string(),
  name: z.string().min(1),
  originals: z.number().int().nonnegative(),
  copies: z.number().int().nonnegative(),
  /** 'submit' = handed in and digitised, 'show' = shown and given back, 'note' = explanation, not a paper. */
  handling: z.enum(['submit', 'show', 'note']),
  required: z.boolean(),
  group: z.string(),
});
/** An administrative procedure (thủ tục hành chính) in the version that a dossier keeps. */
var procedure$1 = z.object({
  code: z.string().min(1),
  name: z.string().min(1),
  field: z.object({
    code: z.string(),
    name: z.string(),
  }),
  version: z.string().min(1),
  duration: duration.nullable(),
  components: z.array(componentSpec),
  results: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
    }),
  ),
});
procedure$1
  .pick({
    code: true,
    name: true,
    field: true,
    duration: true,
  })
  .extend({ componentCount: z.number().int() });
/** Who the dossier belongs to (chủ hồ sơ) and, where it differs, who hands it in. */
var applicant = z.object({
  name: z.string().trim().min(1).max(255),
  /** Số định danh cá nhân (12 digits), old CMND (9 digits) or an organisation's number. */
  identityNumber: z.string().trim().max(20),
  kind: z.enum(['citizen', 'business', 'agency', 'organisation']),
  birthDate: day.nullable(),
  gender: z.enum(['male', 'female', 'other']).nullable(),
  address: z.string().trim().max(500),
  phone: z.string().trim().max(20),
  email: z.union([z.email().max(254), z.literal('')]),
});
z.object({
  applicant,
  issuedOn: day.nullable(),
  oldNumber: z.string(),
  warnings: z.array(
    z.enum(['NUMBER_SHAPE', 'BIRTH_YEAR_DIFFERS', 'GENDER_DIFFERS', 'TEXT_DAMAGED', 'CARD_EXPIRED']),
  ),
});
/** A point of a picture: fractions 0…1 of its width and height, from its top left. */
var point = z.object({
  x: z.number(),
  y: z.number(),
});
/** Four corners of something in a picture, clockwise from what is its own top left. */
var quad = z.tuple([point, point, point, point]);
/** Clockwise. */
var quarterTurn = z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]);
var colourMode = z.enum(['color', 'gray', 'bw']);
/**
 * What was done to a page between its original and the picture that is kept, in this order; every step can be undone
 * on its own, because the original is kept beside it.
 */
var pageTreatment = z.object({
  /** Corners of the paper in the original, in its order (not yet upright); null = the whole picture. */
  crop: quad.nullable(),
  turn: quarterTurn,
  /** Degrees, clockwise positive; 0 = left as it came. */
  straightenedBy: z.number(),
  /** Shadows of a photo evened out. */
  light: z.boolean(),
  /** Dark scan edges and punch holes filled with the colour of the paper. */
  edges: z.boolean(),
  colour: colourMode,
});
pageTreatment.partial();
/** Why a page deserves a second look. A page is marked, never dropped. */
var pageFlag = z.enum([
  'blank',
  'blurred',
  'cut-off',
  'too-dark',
  'too-light',
  'skewed',
  'fingers',
  'low-dpi',
  'orientation-unsure',
  'damaged',
]);
var barcode = z.object({
  format: z.enum(['qr', 'code128', 'code39', 'patch']),
  text: z.string().max(4096),
  /** In the original. */
  corners: quad,
});
/** What the program sees on a page; measured on the original. */
var pageFindings = z.object({
  flags: z.array(pageFlag),
  /** Ink, parts per million of the paper. */
  ink: z.number().nonnegative(),
  /** Quarter turn that makes it upright, and how sure that is (0…1). */
  orientation: z.object({
    turn: quarterTurn,
    confidence: z.number().min(0).max(1),
  }),
  /** Least mode that keeps what the paper shows: seals and coloured ink need colour. */
  needs: colourMode,
  codes: z.array(barcode),
});
/** A sheet that only divides: it is set aside, not thrown away. */
var separator = z.enum(['next-component', 'component', 'dossier']);
var pageView = z.object({
  id,
  /** Pixels of the kept image. */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  dpi: z.number().positive(),
  treatment: pageTreatment,
  findings: pageFindings,
  origin: z.enum(['scan', 'import', 'photo']),
  separator: separator.nullable(),
  /** Counts the pictures that the page has had: a screen fetches a picture anew when it rises. */
  revision: z.number().int().nonnegative(),
  /** A person has looked at it and let it stand, whatever its flags say. */
  confirmed: z.boolean(),
  addedAt: instant,
  removed: z.boolean(),
});
var signatureView = z.object({
  documentId: id,
  sha256,
  bytes: z.number().int().positive(),
  pages: z.number().int().positive(),
  signer: z.string(),
  signedAt: instant,
});
/** A PDF that is kept as it came; one that carries signatures is an electronic original and is never drawn anew. */
var attachmentView = z.object({
  id,
  /** As the file was called. */
  name: z.string(),
  bytes: z.number().int().positive(),
  pages: z.number().int().positive(),
  sha256,
  /** Signatures that it came with. */
  signatures: z.number().int().nonnegative(),
  /** The clerk's, over a copy that came without any. */
  signature: signatureView.nullable(),
  addedAt: instant,
  removed: z.boolean(),
});
/** What a digitised paper is (TT 01/2023/TT-VPCP: number, date, issuer and abstract are extracted with the copy). */
var documentFacts = z.object({
  number: z.string().trim().max(100),
  date: day.nullable(),
  issuer: z.string().trim().max(255),
  title: z.string().trim().max(500),
});
z.object({
  number: z.string().nullable(),
  date: day.nullable(),
  issuer: z.string().nullable(),
  title: z.string().nullable(),
});
var componentView = z.object({
  spec: componentSpec,
  pages: z.array(pageView),
  /** Over the pages. */
  signature: signatureView.nullable(),
  attachments: z.array(attachmentView),
  facts: documentFacts.nullable(),
});
/** draft = being taken in; received = slip given, in the outbox; sent = the province's receipt was read back. */
var dossierState = z.enum(['draft', 'received', 'sent', 'discarded']);
var dueDate = z.object({
  at: instant,
  /** One line of reasoning each, as a message key with its values. */
  reasons: z.array(
    z.object({
      key: z.string(),
      values: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
});
/** official = issued by the province; temporary = local, printed as such, replaced once the province answers. */
var dossierCode = z.object({
  value: z.string().min(1),
  kind: z.enum(['official', 'temporary']),
});
var receipt = z.object({
  /** The province's own id of the record. */
  reference: z.string().min(1),
  at: instant,
  /** SHA-256 over the record as the province stored it. */
  recordSha256: sha256,
});
var dossierView = z.object({
  id,
  state: dossierState,
  procedure: procedure$1,
  applicant: applicant.nullable(),
  components: z.array(componentView),
  code: dossierCode.nullable(),
  openedAt: instant,
  openedBy: z.string(),
  receivedAt: instant.nullable(),
  due: dueDate.nullable(),
  slipDocumentId: id.nullable(),
  receipt: receipt.nullable(),
  /** Why the last attempt to send failed, while it is not sent. */
  sendFault: z.string().nullable(),
});
z.object({
  id,
  state: dossierState,
  procedureCode: z.string(),
  procedureName: z.string(),
  applicantName: z.string(),
  code: z.string(),
  openedAt: instant,
  receivedAt: instant.nullable(),
  dueAt: instant.nullable(),
  pages: z.number().int(),
});
var scanSettings = z.object({
  source: z.enum(['adf', 'adf-duplex', 'platen']),
  /** Dots an inch; NĐ 30/2020 Phụ lục I asks for 200 at least. */
  dpi: z.number().int().min(50).max(1200),
  mode: z.enum(['color', 'gray', 'bw']),
});
z.object({
  settings: scanSettings,
  /** Grey and bilevel where a page needs no more; the law asks for colour, so this is an admin's or a clerk's choice. */
  autoColour: z.boolean(),
  from: z.enum(['component', 'procedure', 'device', 'default']),
});
z.discriminatedUnion('at', [
  z.object({ at: z.literal('end') }),
  z.object({
    at: z.literal('before'),
    pageId: id,
  }),
  z.object({
    at: z.literal('replace'),
    pageId: id,
  }),
]);
z.enum(['auto', 'whole', 'pages']);
z.object({
  name: z.string(),
  bytes: z.number().int().nonnegative(),
  at: instant,
  /** Name of a file of the same content that was taken before; empty = none. */
  duplicateOf: z.string(),
});
z.object({
  uri: z.string(),
  name: z.string(),
  state: z.enum(['idle', 'processing', 'stopped', 'unreachable']),
});
/** What is plugged in by USB. */
var usbPresence = z.object({
  state: z.enum(['ok', 'unavailable']),
  /** Why it is unavailable; empty where it is not. */
  reason: z.string(),
  devices: z.array(
    z.object({
      id: z.string(),
      vendorId: z.number().int(),
      productId: z.number().int(),
      manufacturer: z.string(),
      product: z.string(),
      serial: z.string(),
      kinds: z.array(z.enum(['scanner', 'printer', 'token', 'reader', 'other'])),
      /** Speaks IPP and eSCL over USB (class 7/1/4). */
      ippUsb: z.boolean(),
    }),
  ),
});
z.object({
  uri: z.string().min(1),
  name: z.string(),
  origin: z.enum(['escl', 'sane', 'usb', 'helper', 'configured']),
  sources: z.array(scanSettings.shape.source),
  dpis: z.array(z.number()),
  modes: z.array(scanSettings.shape.mode),
});
z.object({
  /** `pkcs12:FILE` or `pkcs11:MODULE?token=LABEL`. */
  uri: z.string(),
  label: z.string(),
  kind: z.enum(['pkcs12', 'pkcs11']),
  /** What the token says of its PIN before it is asked for one. */
  pinState: z.enum(['ok', 'low', 'final-try', 'locked', 'unknown']),
});
var outboxStatus = z.object({
  waiting: z.number().int(),
  sending: z.number().int(),
  sent: z.number().int(),
  needsPerson: z.number().int(),
  online: z.boolean(),
  lastFault: errorRef(),
});
function errorRef() {
  return z
    .object({
      code: z.string(),
      at: instant,
    })
    .nullable();
}
z.object({
  name: z.string(),
  status: z.enum(['ok', 'warning', 'failed', 'skipped']),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
// src/contract/events.ts
/** What the engine tells the screens without being asked. */
var EVENTS$1 = {
  /**
   * A page is durable on disk; only then is it announced. `componentId` is where it went, which a separator sheet
   * may have changed. A job is a scan or an import.
   */
  'scan.page': z.object({
    scanId: id,
    dossierId: id,
    componentId: z.string(),
    page: pageView,
  }),
  /** A PDF was kept whole. */
  'scan.attachment': z.object({
    scanId: id,
    dossierId: id,
    componentId: z.string(),
    attachment: attachmentView,
  }),
  'scan.finished': z.object({
    scanId: id,
    /** Pages and kept files. */
    pages: z.number().int(),
    /**
     * backs-differ: manual duplex gave another number of backs than of fronts. no-component: a separator sheet named
     * a component that this procedure does not have, or asked for one behind the last; its pages stayed where they were.
     */
    note: z.enum(['backs-differ', 'no-component']).nullable(),
  }),
  /** The scan ended early; the pages announced before stay. */
  'scan.failed': z.object({
    scanId: id,
    pages: z.number().int(),
    error: errorShape,
  }),
  /** The background reading knows more about a component: ask for its suggestion. */
  'reading.changed': z.object({
    dossierId: id,
    componentId: z.string(),
  }),
  /** A reader on a serial port gave a line. */
  'reader.line': z.object({ line: z.string() }),
  /** A line came that is not whole text: the reader has to be set up, or the card read again. */
  'reader.damaged': z.object({ reason: z.enum(['encoding', 'too-long', 'unfinished']) }),
  'usb.changed': usbPresence,
  'inbox.changed': z.object({ files: z.number().int() }),
  'copy.progress': z.object({
    copyId: id,
    stage: z.enum(['scanning', 'printing']),
    pages: z.number().int(),
  }),
  'copy.finished': z.object({
    copyId: id,
    pages: z.number().int(),
    copies: z.number().int(),
  }),
  'copy.failed': z.object({
    copyId: id,
    error: errorShape,
  }),
  'sign.progress': z.object({
    dossierId: id,
    done: z.number().int(),
    total: z.number().int(),
  }),
  'dossier.changed': z.object({ dossier: dossierView }),
  'outbox.changed': outboxStatus,
};
// src/main/engine/events.ts
/** Events leave in the order in which they were published; a payload that breaks the contract is a bug and throws. */
function createEventBus() {
  const listeners = /* @__PURE__ */ new Set();
  return {
    publish(name, payload) {
      const event = {
        type: 'event',
        name,
        payload: EVENTS$1[name].parse(payload),
      };
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
// src/main/dossiers/events.ts
/** When it happened (UTC) and who did it: the login of a person, or the name of a part of the engine. */
var stamp = {
  at: instant,
  actor: z.string().min(1),
};
/** A page as it enters the journal: what is known of it, never its bytes. `removed` and `addedAt` follow from events. */
var pageFacts = pageView.omit({
  removed: true,
  addedAt: true,
});
/** A new picture of a page, made from the same original. */
var pagePicture = pageFacts.pick({
  width: true,
  height: true,
  dpi: true,
  treatment: true,
  findings: true,
});
/** A PDF as it enters the journal. */
var attachmentFacts = attachmentView.omit({
  signature: true,
  addedAt: true,
  removed: true,
});
z.discriminatedUnion('type', [
  z.object({
    type: z.literal('opened'),
    ...stamp,
    dossierId: id,
    procedure: procedure$1,
  }),
  z.object({
    type: z.literal('applicant-set'),
    ...stamp,
    applicant,
  }),
  z.object({
    type: z.literal('page-added'),
    ...stamp,
    componentId: z.string(),
    page: pageFacts,
  }),
  z.object({
    type: z.literal('page-removed'),
    ...stamp,
    pageId: id,
  }),
  z.object({
    type: z.literal('page-restored'),
    ...stamp,
    pageId: id,
  }),
  z.object({
    type: z.literal('page-moved'),
    ...stamp,
    pageId: id,
    componentId: z.string(),
    /** Place among the pages of the target component that are not removed, counted without the moved page. */
    index: z.number().int().nonnegative(),
  }),
  z.object({
    type: z.literal('page-treated'),
    ...stamp,
    pageId: id,
    picture: pagePicture,
  }),
  z.object({
    type: z.literal('page-confirmed'),
    ...stamp,
    pageId: id,
    confirmed: z.boolean(),
  }),
  z.object({
    type: z.literal('attachment-added'),
    ...stamp,
    componentId: z.string(),
    attachment: attachmentFacts,
  }),
  z.object({
    type: z.literal('attachment-removed'),
    ...stamp,
    attachmentId: id,
  }),
  z.object({
    type: z.literal('attachment-restored'),
    ...stamp,
    attachmentId: id,
  }),
  z.object({
    type: z.literal('attachment-signed'),
    ...stamp,
    attachmentId: id,
    signature: signatureView,
  }),
  z.object({
    type: z.literal('component-described'),
    ...stamp,
    componentId: z.string(),
    facts: documentFacts.nullable(),
  }),
  z.object({
    type: z.literal('component-signed'),
    ...stamp,
    componentId: z.string(),
    signature: signatureView,
    /** The pages under the signature, in order. */
    pageIds: z.array(id).min(1),
  }),
  z.object({
    type: z.literal('received'),
    ...stamp,
    code: dossierCode,
    receivedAt: instant,
    due: dueDate.nullable(),
    slipDocumentId: id,
  }),
  z.object({
    type: z.literal('code-assigned'),
    ...stamp,
    code: dossierCode,
  }),
  z.object({
    type: z.literal('send-failed'),
    ...stamp,
    fault: z.string().min(1),
  }),
  z.object({
    type: z.literal('sent'),
    ...stamp,
    receipt,
  }),
  z.object({
    type: z.literal('discarded'),
    ...stamp,
    reason: z.string().trim().min(1).max(500),
  }),
]);
// src/main/procedures/fold-text.ts
/**
 * The key under which Vietnamese texts are compared: lower case, without diacritics, đ as d, one blank between words
 * of letters and digits, no blank at the ends. 'Hoà' and 'Hòa' fold to the same; y and i stay apart (facts §10.3).
 */
function foldText(text) {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
// src/main/engine/journal.ts
function createJournal(parts) {
  const { store, bus, clock } = parts;
  function find(dossierId) {
    return store.dossiers.get(dossierId)?.view;
  }
  function load(dossierId) {
    const dossier = find(dossierId);
    if (!dossier) throw new CounterError('DOSSIER_UNKNOWN');
    return dossier;
  }
  /** After the outermost transaction has ended, and from what it left: a screen never sees what was rolled back. */
  function announce(dossierId) {
    queueMicrotask(() => {
      const dossier = find(dossierId);
      if (dossier) bus.publish('dossier.changed', { dossier: toView(dossier) });
    });
  }
  function append(before, dossierId, events, attachments, alongWith) {
    const after = events.reduce(apply, before);
    if (!after) throw new CounterError('DOSSIER_UNKNOWN');
    const at = events.at(-1).at;
    store.transaction(() => {
      for (const object of attachments.objects ?? []) store.objects.add(object, at);
      store.events.append(dossierId, before?.version ?? 0, toStored(events, attachments));
      store.dossiers.save(toRecord$2(after));
      if (attachments.page)
        store.pages.save({
          ...attachments.page,
          dossierId,
          addedAt: at,
        });
      if (attachments.document)
        store.documents.save({
          ...attachments.document,
          dossierId,
          createdAt: at,
        });
      alongWith?.(after);
    });
    announce(dossierId);
    return after;
  }
  const stampOf = (actor) => ({
    at: clock.now().toISOString(),
    actor,
  });
  return {
    find,
    load,
    change(dossierId, actor, decide, attachments = {}, alongWith) {
      const before = load(dossierId);
      const events = decide(before, stampOf(actor));
      return events.length === 0 ? before : append(before, dossierId, events, attachments, alongWith);
    },
    open(dossierId, events, actor) {
      return find(dossierId) ?? append(null, dossierId, events(stampOf(actor)), {});
    },
  };
}
function toStored(events, { page, document }) {
  return events.map((event, i) => ({
    type: event.type,
    at: event.at,
    actor: event.actor,
    payload:
      i === events.length - 1
        ? {
            event,
            page,
            document,
          }
        : { event },
  }));
}
function toRecord$2(dossier) {
  const { procedure, applicant, code } = dossier;
  const words = [procedure.code, procedure.name, applicant?.name, applicant?.identityNumber, code?.value];
  return {
    id: dossier.id,
    version: dossier.version,
    state: dossier.state,
    procedureCode: procedure.code,
    procedureName: procedure.name,
    applicantName: applicant?.name ?? '',
    code: code?.value ?? '',
    openedAt: dossier.openedAt,
    receivedAt: dossier.receivedAt,
    dueAt: dossier.due?.at ?? null,
    pages: dossier.components.reduce((sum, c) => sum + livePages(c).length, 0),
    folded: foldText(words.filter((w) => w !== void 0).join(' ')),
    view: dossier,
  };
}
[
  ...['pin', 'password', 'clientSecret', 'access_token', 'authorization', 'masterKey'],
  ...['applicant', 'identityNumber', 'phone', 'email', 'address', 'birthDate', 'line'],
].flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
var silentLog = pino({ level: 'silent' });
// src/main/engine/document-name.ts
/**
 * A file name that every file system and the province take; the paper's own name travels in the record. `kept` is the
 * place of a kept file among those of its component, from 1; 0 = the pages.
 */
function documentName(componentId, kept) {
  const name = componentId.replaceAll(/[^A-Za-z0-9._-]/g, '-');
  return kept === 0 ? `${name}.pdf` : `${name}-${kept}.pdf`;
}
// src/main/dossiers/citizen-card.ts
/** Positions in the line (facts §7). What follows the seventh is opaque and may name relatives: it is not kept. */
var FIELDS = ['number', 'oldNumber', 'name', 'birth', 'gender', 'address', 'issued'];
/** True for text that has the shape of a card's line, so that other codes on a paper are not taken for one. */
function isCitizenLine(text) {
  return /^\ufeff?\s*\d{9,12}\|/.test(text) && text.split('|').length >= FIELDS.length;
}
/** The seven fields that may be kept; what follows them on newer cards may name relatives (facts §7). */
function keptFields(line) {
  return isCitizenLine(line) ? line.split('|').slice(0, FIELDS.length).join('|') : line;
}
// src/main/engine/findings.ts
/** What may be kept of what was found: of a citizen card's line the fields that have a purpose, no relatives. */
function keptFindings(findings) {
  return {
    ...findings,
    codes: findings.codes.map((code) => ({
      ...code,
      text: keptFields(code.text),
    })),
  };
}
// src/main/engine/page-jobs.ts
/** Pages that may be in the pipeline at once: enough to keep two cores busy, few enough to bound the memory. */
var IN_FLIGHT = 3;
function createPageJobs(parts) {
  const { imaging, store, journal, bus, log } = parts;
  const running = /* @__PURE__ */ new Map();
  const kept = /* @__PURE__ */ new Map();
  /** The page is durable, and a row says so, before anybody is told of it (design, principle 2). */
  async function keepPage(jobId, job, raw, image, photo) {
    const picture = await store.vault.putBytes(image.image);
    const thumbnail = await store.vault.putBytes(image.thumbnail);
    const original = image.untouched ? null : await store.vault.putBytes(raw.bytes);
    const id = randomUUID();
    const { width, height, dpi, treatment } = image;
    const findings = keptFindings(image.findings);
    const step = job.route.decide(journal.load(job.dossierId), {
      index: raw.index,
      findings,
    });
    const facts = {
      id,
      width,
      height,
      dpi,
      treatment,
      findings,
      revision: 0,
      confirmed: false,
      origin: photo ? 'photo' : job.origin,
      separator: step.separator,
    };
    const dossier = journal.change(
      job.dossierId,
      job.actor,
      (d, stamp) =>
        addPageAt(
          d,
          {
            ...step,
            page: facts,
          },
          stamp,
        ),
      {
        objects: [picture, thumbnail, ...(original ? [original] : [])],
        page: {
          id,
          imageHash: picture.hash,
          thumbnailHash: thumbnail.hash,
          originalHash: original?.hash ?? null,
        },
      },
    );
    job.route.kept(id);
    kept.get(jobId)?.push(id);
    const { component, page } = whereIs(dossier, id);
    const { dossierId } = job;
    bus.publish('scan.page', {
      scanId: jobId,
      dossierId,
      componentId: component.spec.id,
      page,
    });
  }
  async function keepDocument(jobId, job, file) {
    const object = await store.vault.putFile(file.path);
    const sha256 = await sha256Of$1(file.path);
    const id = randomUUID();
    const { name, pages, signatures, bytes } = file;
    const componentId = job.route.component();
    const order = (componentOf(journal.load(job.dossierId), componentId)?.attachments.length ?? 0) + 1;
    const { attachment } = whereIsAttachment(
      journal.change(
        job.dossierId,
        job.actor,
        (d, stamp) =>
          addAttachment(
            d,
            {
              componentId,
              attachment: {
                id,
                name,
                pages,
                signatures,
                bytes,
                sha256,
              },
            },
            stamp,
          ),
        {
          objects: [object],
          document: {
            id,
            kind: 'component',
            componentId,
            vaultHash: object.hash,
            sha256,
            bytes,
            name: documentName(componentId, order),
          },
        },
      ),
      id,
    );
    bus.publish('scan.attachment', {
      scanId: jobId,
      dossierId: job.dossierId,
      componentId,
      attachment,
    });
  }
  /**
   * What comes enters the pipeline at once, several at a time, and is kept one after the other in its order. A picture
   * that cannot be read does not hold up those behind it. A page that cannot be written does: what is kept must not
   * have a gap that nobody sees.
   */
  function createBelt(jobId, job) {
    const onBelt = [];
    let last = Promise.resolve();
    let count = 0;
    let unreadable = null;
    async function keepInTurn(item, before) {
      const work =
        item.kind === 'page'
          ? imaging.process(item.page, {
              ...job.order,
              ...(item.photo && { photo: true }),
            })
          : Promise.resolve(null);
      const [read, turn] = await Promise.allSettled([work, before]);
      if (turn.status === 'rejected') throw turn.reason;
      if (read.status === 'rejected') {
        const error = asUnreadable(read.reason, item.kind === 'page' ? item.page.index : 0);
        log.warn(
          {
            jobId,
            err: error,
          },
          'a page cannot be read',
        );
        unreadable ??= error;
        return;
      }
      if (item.kind === 'document') await keepDocument(jobId, job, item);
      else await keepPage(jobId, job, item.page, read.value, item.photo);
      count += 1;
    }
    return {
      kept: () => count,
      /** The first page whose picture could not be read. */
      unreadable: () => unreadable,
      /** Waits while the belt is full, so that memory does not grow with the job. Rejects once nothing can be kept. */
      async put(item) {
        last = keepInTurn(item, last);
        last.catch(() => void 0);
        onBelt.push(last);
        if (onBelt.length >= IN_FLIGHT) await onBelt.shift();
      },
      /** Waits for all that is on the belt; resolves with the first failure to write, or null. */
      async clear() {
        return (
          (await Promise.allSettled(onBelt.splice(0))).find((end) => end.status === 'rejected')?.reason ??
          null
        );
      },
    };
  }
  async function run(jobId, job, signal) {
    const belt = createBelt(jobId, job);
    let stopped = null;
    try {
      for await (const item of job.open(signal)) await belt.put(item);
    } catch (error) {
      stopped = error;
    }
    let failure = (await belt.clear()) ?? stopped ?? belt.unreadable();
    try {
      await job.settle?.(failure);
    } catch (error) {
      failure ??= error;
    }
    const pages = belt.kept();
    if (failure === null) {
      bus.publish('scan.finished', {
        scanId: jobId,
        pages,
        note: job.route.note(),
      });
      return;
    }
    log.warn(
      {
        jobId,
        err: failure,
      },
      'pages stopped coming',
    );
    bus.publish('scan.failed', {
      scanId: jobId,
      pages,
      error: toErrorShape(failure),
    });
  }
  return {
    start(job) {
      const jobId = randomUUID();
      const stop = new AbortController();
      kept.set(jobId, []);
      for (const old of [...kept.keys()].slice(0, -20)) if (!running.has(old)) kept.delete(old);
      const done = new Promise((resolve) => setImmediate(resolve))
        .then(() => run(jobId, job, stop.signal))
        .finally(() => running.delete(jobId));
      running.set(jobId, {
        dossierId: job.dossierId,
        stop,
        done,
      });
      return jobId;
    },
    cancel(jobId) {
      running.get(jobId)?.stop.abort();
    },
    pagesOf: (jobId) => kept.get(jobId) ?? null,
    busy: () => running.size > 0,
    assertIdle(dossierId) {
      if (![...running.values()].some((job) => job.dossierId === dossierId)) return;
      throw new CounterError('DOSSIER_STATE', { reason: 'scanning' });
    },
    async close() {
      for (const job of running.values()) job.stop.abort();
      await Promise.all([...running.values()].map((job) => job.done));
    },
  };
}
async function sha256Of$1(file) {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece);
  return hash.digest('hex');
}
/** A failure of the picture itself, with the number of its sheet (from 1); any other failure is thrown on. */
function asUnreadable(error, index) {
  if (!(error instanceof CounterError) || !error.code.startsWith('IMAGE_')) throw error;
  return new CounterError(
    error.code,
    {
      ...error.details,
      page: index + 1,
    },
    { cause: error },
  );
}
// src/main/dossiers/separation.ts
var VERSION$1 = 'MCC1';
var LETTERS = {
  'next-component': 'N',
  component: 'P',
  dossier: 'D',
};
/** Longer ones are not ours; the reader of a page's codes gives at most 4,096 characters. */
var MOST_TEXT = 600;
/**
 * Text of a separator's code: `MCC1:N:check`, `MCC1:P:component:check` or `MCC1:D:dossier:check`. The check is the
 * CRC-32 (ISO-HDLC: 0x04C11DB7, reflected) of the UTF-8 text before its colon, as seven digits in base 36, so that no
 * code that somebody else printed is taken for ours. Throws RangeError for an id that is empty or too long to come back.
 */
function separatorText(separator) {
  const id = idOf$1(separator);
  const text = [VERSION$1, LETTERS[separator.kind], ...id].join(':').normalize('NFC');
  const whole = `${text}:${checkOf(text)}`;
  if (id[0] === '' || whole.length > MOST_TEXT) throw new RangeError('no id that a separator could carry');
  return whole;
}
function idOf$1(separator) {
  if (separator.kind === 'component') return [separator.componentId];
  return separator.kind === 'dossier' ? [separator.dossierId] : [];
}
/**
 * What the codes on a page say: a separator of ours, or 'next component' for Patch T and the text PATCHT that other
 * programs print. Null for a page without, and for one whose codes say different things: then it is a page like others,
 * and a person decides.
 */
function readSeparator(codes) {
  const found = /* @__PURE__ */ new Map();
  for (const code of codes) {
    const separator = parse(code);
    if (separator) found.set(separatorText(separator), separator);
  }
  const [first, ...others] = found.values();
  return first && others.length === 0 ? first : null;
}
function parse({ format, text }) {
  if (format === 'patch') return text === 'T' ? { kind: 'next-component' } : null;
  if (text === 'PATCHT') return { kind: 'next-component' };
  if (text.length > MOST_TEXT || !text.startsWith(`${VERSION$1}:`)) return null;
  const end = text.lastIndexOf(':');
  const body = text.slice(0, end);
  if (text.slice(end + 1) !== checkOf(body)) return null;
  const [, letter, ...rest] = body.split(':');
  const id = rest.join(':');
  if (letter === LETTERS['next-component']) return rest.length === 0 ? { kind: 'next-component' } : null;
  if (id === '' || id !== id.normalize('NFC')) return null;
  if (letter === LETTERS.component)
    return {
      kind: 'component',
      componentId: id,
    };
  return letter === LETTERS.dossier
    ? {
        kind: 'dossier',
        dossierId: id,
      }
    : null;
}
function checkOf(text) {
  let crc = 4294967295;
  for (const octet of new TextEncoder().encode(text)) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 3988292384 : 0);
  }
  return (~crc >>> 0).toString(36).toUpperCase().padStart(7, '0');
}
// src/main/engine/page-route.ts
function createRoute(start) {
  let { componentId, place } = start;
  let noted = null;
  /** Index of the last page that was a separator sheet. */
  let sheetAt = -2;
  /** The component that a sheet sends to, or null where this procedure has none such. */
  function target(dossier, sheet) {
    if (sheet.kind === 'dossier') return componentId;
    if (sheet.kind === 'component')
      return componentOf(dossier, sheet.componentId)?.spec.handling === 'submit' ? sheet.componentId : null;
    const papers = dossier.components.filter((c) => c.spec.handling === 'submit').map((c) => c.spec.id);
    return papers[papers.indexOf(componentId) + 1] ?? null;
  }
  return {
    decide(dossier, { index, findings }) {
      const sheet = start.separate ? readSeparator(findings.codes) : null;
      if (sheet === null) {
        const aside =
          start.duplex && index % 2 === 1 && index === sheetAt + 1 && findings.flags.includes('blank');
        return {
          componentId,
          place,
          separator: null,
          aside,
        };
      }
      if (sheet.kind === 'dossier' && sheet.dossierId !== dossier.id)
        throw new CounterError('SEPARATOR_OTHER_DOSSIER', { page: index + 1 });
      const separator = sheet.kind;
      if (start.duplex && index === sheetAt + 1 && index % 2 === 1)
        return {
          componentId,
          place: { at: 'end' },
          separator,
          aside: true,
        };
      const to = target(dossier, sheet);
      if (to === null) noted = 'no-component';
      else if (to !== componentId) {
        componentId = to;
        place = { at: 'end' };
      }
      sheetAt = index;
      return {
        componentId,
        place: { at: 'end' },
        separator,
        aside: true,
      };
    },
    component: () => componentId,
    kept(pageId) {
      if (place.at === 'replace' || place.at === 'after')
        place = {
          at: 'after',
          pageId,
        };
    },
    note: () => noted,
  };
}
// src/main/store/disk.ts
var nodeDisk = {
  open: (p, flags, mode) => fs.open(p, flags, mode),
  rename: (from, to) => fs.rename(from, to),
  link: (from, to) => fs.link(from, to),
  unlink: (p) => fs.unlink(p),
  mkdir: async (p, mode) =>
    (await fs.mkdir(p, {
      recursive: true,
      mode,
    })) !== void 0,
  readdir: (p) => fs.readdir(p),
  async exists(p) {
    try {
      await fs.stat(p);
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    }
  },
};
function isErrno(error, ...codes) {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
/** A named failure for a file error: DISK_FULL for a full disk or quota, DISK_FAILED for the rest. */
function diskFailure(error) {
  if (error instanceof AggregateError) return diskFailure(error.errors[0]);
  if (error instanceof CounterError || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  return new CounterError(
    code === 'ENOSPC' || code === 'EDQUOT' ? 'DISK_FULL' : 'DISK_FAILED',
    { reason: code },
    { cause: error },
  );
}
/** Runs file work and names its failures. */
async function onDisk(work) {
  try {
    return await work();
  } catch (error) {
    throw diskFailure(error);
  }
}
/** write(2) may take less than it was given; this goes on until all is taken. */
async function writeAll(file, data, position) {
  let done = 0;
  while (done < data.length) {
    const { bytesWritten } = await file.write(data, done, data.length - done, position + done);
    if (bytesWritten <= 0) throw new CounterError('DISK_FAILED', { reason: 'SHORT_WRITE' });
    done += bytesWritten;
  }
}
/** Reads up to `length` bytes at `position`; less only at the end of the file. */
async function readUpTo(file, length, position) {
  const data = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(data, done, length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return data.subarray(0, done);
}
/** Runs `use` on an open file and closes it in every case; a failing close is a failure (late write errors). */
async function withOpenFile(disk, target, flags, use) {
  const file = await disk.open(target, flags, 384);
  let result;
  try {
    result = await use(file);
  } catch (error) {
    try {
      await file.close();
    } catch (closing) {
      throw new AggregateError([error, closing], 'a file could neither be used nor closed', { cause: error });
    }
    throw error;
  }
  await file.close();
  return result;
}
/** Makes the entries of a folder durable. Windows cannot flush a folder; NTFS journals its entries itself. */
async function syncFolder(disk, folder) {
  try {
    await withOpenFile(disk, folder, 'r', (file) => file.sync());
  } catch (error) {
    if (process.platform === 'win32' && isErrno(error, 'EPERM', 'EISDIR', 'EACCES')) return;
    throw error;
  }
}
/** Removes a file that may be gone already. */
async function removeIfThere(disk, target) {
  try {
    await disk.unlink(target);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
function randomName(extension) {
  return `${randomBytes(12).toString('hex')}${extension}`;
}
/** Writes a small file so that after a crash it is either absent or whole: temp → fsync → rename → fsync folder. */
async function writeDurably(disk, target, data) {
  const temp = `${target}.${randomName('.tmp')}`;
  try {
    await withOpenFile(disk, temp, 'wx', async (file) => {
      await writeAll(file, data, 0);
      await file.sync();
    });
    await disk.rename(temp, target);
  } catch (error) {
    await removeIfThere(disk, temp);
    throw error;
  }
  await syncFolder(disk, path.dirname(target));
}
// src/main/store/migrations/0001-first.ts
/** Events are the truth; dossiers, pages and documents are projections that replay rebuilds. */
var EVENTS = `
CREATE TABLE dossier_events (
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  dossier_id TEXT    NOT NULL,
  version    INTEGER NOT NULL CHECK (version >= 1),
  type       TEXT    NOT NULL,
  at         TEXT    NOT NULL,
  actor      TEXT    NOT NULL,
  payload    TEXT    NOT NULL CHECK (json_valid(payload)),
  UNIQUE (dossier_id, version)
) STRICT;
CREATE TRIGGER dossier_events_no_update BEFORE UPDATE ON dossier_events
  BEGIN SELECT RAISE(ABORT, 'events are immutable'); END;
CREATE TRIGGER dossier_events_no_delete BEFORE DELETE ON dossier_events
  BEGIN SELECT RAISE(ABORT, 'events are immutable'); END;
`;
var PROJECTIONS = `
CREATE TABLE dossiers (
  number         INTEGER PRIMARY KEY,
  id             TEXT NOT NULL UNIQUE,
  version        INTEGER NOT NULL,
  state          TEXT NOT NULL,
  procedure_code TEXT NOT NULL,
  procedure_name TEXT NOT NULL,
  applicant_name TEXT NOT NULL,
  code           TEXT NOT NULL,
  opened_at      TEXT NOT NULL,
  received_at    TEXT,
  due_at         TEXT,
  pages          INTEGER NOT NULL,
  folded         TEXT NOT NULL,
  view           TEXT NOT NULL CHECK (json_valid(view))
) STRICT;
CREATE INDEX dossiers_due ON dossiers (state, due_at);
CREATE INDEX dossiers_code ON dossiers (code) WHERE code <> '';
CREATE VIRTUAL TABLE dossier_words USING fts5 (
  folded, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 0', prefix='1 2 3'
);
CREATE TABLE pages (
  id             TEXT PRIMARY KEY,
  dossier_id     TEXT NOT NULL,
  image_hash     TEXT NOT NULL REFERENCES vault_objects (hash),
  thumbnail_hash TEXT NOT NULL REFERENCES vault_objects (hash),
  original_hash  TEXT REFERENCES vault_objects (hash),
  added_at       TEXT NOT NULL
) STRICT;
CREATE INDEX pages_dossier ON pages (dossier_id);
CREATE TABLE documents (
  id           TEXT PRIMARY KEY,
  dossier_id   TEXT NOT NULL,
  kind         TEXT NOT NULL CHECK (kind IN ('component', 'slip')),
  component_id TEXT,
  vault_hash   TEXT NOT NULL REFERENCES vault_objects (hash),
  name         TEXT NOT NULL,
  sha256       TEXT NOT NULL,
  bytes        INTEGER NOT NULL,
  created_at   TEXT NOT NULL,
  CHECK ((kind = 'component') = (component_id IS NOT NULL))
) STRICT;
CREATE INDEX documents_dossier ON documents (dossier_id);
`;
var VAULT = `
CREATE TABLE vault_objects (
  number     INTEGER PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE,
  bytes      INTEGER NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
`;
/** What was sent stays as it was sent, and nothing that is not sent yet can be dropped. */
var OUTBOX = `
CREATE TABLE outbox (
  id              TEXT PRIMARY KEY,
  dossier_id      TEXT NOT NULL,
  idempotency_key TEXT NOT NULL UNIQUE,
  state           TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'needs-person')),
  payload         TEXT NOT NULL CHECK (json_valid(payload)),
  payload_sha256  TEXT NOT NULL,
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TEXT,
  last_fault_code TEXT,
  last_fault_at   TEXT,
  receipt         TEXT CHECK (json_valid(receipt)),
  created_at      TEXT NOT NULL,
  CHECK ((state = 'sent') = (receipt IS NOT NULL))
) STRICT;
CREATE INDEX outbox_state ON outbox (state, next_attempt_at);
CREATE INDEX outbox_dossier ON outbox (dossier_id);
CREATE INDEX outbox_fault ON outbox (last_fault_at) WHERE last_fault_at IS NOT NULL;
CREATE TRIGGER outbox_sent_stays BEFORE UPDATE ON outbox WHEN old.state = 'sent'
  BEGIN SELECT RAISE(ABORT, 'a sent record is immutable'); END;
CREATE TRIGGER outbox_payload_stays BEFORE UPDATE OF payload, payload_sha256, idempotency_key ON outbox
  WHEN old.attempts > 0 OR new.idempotency_key <> old.idempotency_key
  BEGIN SELECT RAISE(ABORT, 'a record that may have left is immutable'); END;
CREATE TRIGGER outbox_unsent_stays BEFORE DELETE ON outbox WHEN old.state <> 'sent'
  BEGIN SELECT RAISE(ABORT, 'an unsent record cannot be dropped'); END;
CREATE TABLE outbox_files (
  outbox_id       TEXT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  position        INTEGER NOT NULL,
  document_id     TEXT NOT NULL,
  key             TEXT NOT NULL,
  name            TEXT NOT NULL,
  sha256          TEXT NOT NULL,
  bytes           INTEGER NOT NULL,
  vault_hash      TEXT NOT NULL REFERENCES vault_objects (hash),
  upload_location TEXT,
  remote_id       TEXT,
  PRIMARY KEY (outbox_id, document_id),
  UNIQUE (outbox_id, key)
) STRICT;
`;
var OTHERS = `
CREATE TABLE number_blocks (
  number     INTEGER PRIMARY KEY,
  unit       TEXT NOT NULL,
  day        TEXT NOT NULL,
  value      TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('free', 'used')),
  dossier_id TEXT UNIQUE,
  UNIQUE (unit, value),
  CHECK ((state = 'used') = (dossier_id IS NOT NULL))
) STRICT;
CREATE INDEX number_blocks_free ON number_blocks (unit, day, number) WHERE state = 'free';
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;
// src/main/store/migrations/index.ts
var MIGRATIONS = [
  {
    version: 1,
    name: 'first',
    up(db) {
      for (const part of [EVENTS, VAULT, PROJECTIONS, OUTBOX, OTHERS]) db.exec(part);
    },
  },
  {
    version: 2,
    name: 'page-texts',
    up(db) {
      db.exec(`CREATE TABLE page_texts (
      page_id  TEXT PRIMARY KEY,
      revision INTEGER NOT NULL CHECK (revision >= 0),
      text     TEXT CHECK (json_valid(text))
    ) STRICT`);
    },
  },
];
// src/main/store/database.ts
/** How long a second program waits for the lock before it is told STORE_IN_USE. */
var BUSY_MS = 100;
var SMALLEST_PAGE = 512;
function sqliteCode(error) {
  return error instanceof SQLite.SqliteError ? error.code : '';
}
/** Names what SQLite reports of lock, disk and damage; a broken constraint stays what it is: a programming fault. */
function databaseFailure(error) {
  const code = sqliteCode(error);
  const named = (name) => new CounterError(name, { reason: code }, { cause: error });
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return named('STORE_IN_USE');
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return named('STORE_CORRUPT');
  if (code === 'SQLITE_FULL') return named('DISK_FULL');
  if (/^SQLITE_(IOERR|CANTOPEN|READONLY)/.test(code)) return named('DISK_FAILED');
  return error;
}
function guarded(work) {
  try {
    return work();
  } catch (error) {
    throw databaseFailure(error);
  }
}
/**
 * SQLCipher reports a wrong key and a damaged first page alike. A file beside the database holds a keyed mark of
 * the key it was made with, which tells the two apart and shows a database that was lost.
 */
function keyMark(key) {
  return createHmac('sha256', key).update('key mark').digest('hex');
}
function markPath(database) {
  return `${database}.mark`;
}
/** SQLite takes a file of less than a page for an empty one and would start anew in it. */
function hasContent(file) {
  return existsSync(file) && statSync(file).size >= SMALLEST_PAGE;
}
function checkMark(options) {
  const mark = markPath(options.path);
  if (!existsSync(mark)) return 'absent';
  if (readFileSync(mark, 'utf8') !== keyMark(options.key)) throw new CounterError('STORE_KEY_WRONG');
  if (!hasContent(options.path)) throw new CounterError('STORE_CORRUPT', { reason: 'DATABASE_GONE' });
  return 'same';
}
/** The first read proves key and lock: nothing is written before it has passed. */
function unlock(raw, key, mark) {
  raw.pragma("cipher='sqlcipher'");
  raw.pragma('legacy=4');
  raw.pragma(`key="x'${Buffer.from(key).toString('hex')}'"`);
  raw.pragma('locking_mode=EXCLUSIVE');
  try {
    raw.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (error) {
    if (sqliteCode(error) !== 'SQLITE_NOTADB' || mark === 'same') throw error;
    throw new CounterError('STORE_KEY_WRONG', {}, { cause: error });
  }
}
function configure(raw) {
  if (raw.pragma('journal_mode=WAL', { simple: true }) !== 'wal')
    throw new CounterError('DISK_FAILED', { reason: 'WAL_REFUSED' });
  raw.pragma('synchronous=FULL');
  raw.pragma('foreign_keys=ON');
  raw.pragma('recursive_triggers=ON');
  raw.pragma('temp_store=MEMORY');
  raw.pragma('trusted_schema=OFF');
  raw.pragma('cell_size_check=ON');
}
function wrap(raw, options, created) {
  const statements = /* @__PURE__ */ new Map();
  function prepared(sql) {
    const known = statements.get(sql);
    if (known) return known;
    const statement = raw.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }
  return {
    path: options.path,
    created,
    all: (sql, params = []) => guarded(() => prepared(sql).all(params)),
    get: (sql, params = []) => guarded(() => prepared(sql).get(params)),
    run: (sql, params = []) => guarded(() => prepared(sql).run(params).changes),
    exec: (sql) => guarded(() => void raw.exec(sql)),
    pragma: (text) => guarded(() => raw.pragma(text, { simple: true })),
    transaction: (fn) => guarded(() => raw.transaction(fn).immediate()),
    close: () => guarded(() => void raw.close()),
  };
}
function migrate(db, migrations, mark) {
  const misnumbered = migrations.findIndex((m, i) => m.version !== i + 1);
  if (misnumbered >= 0) throw new Error(`migration ${misnumbered + 1} is missing or out of order`);
  const current = Number(db.pragma('user_version'));
  if (current === 0 && mark === 'same') throw new CounterError('STORE_CORRUPT', { reason: 'DATABASE_GONE' });
  if (current > migrations.length)
    throw new CounterError('STORE_NEWER', {
      found: current,
      known: migrations.length,
    });
  for (const migration of migrations.slice(current))
    db.transaction(() => {
      migration.up(db);
      db.exec(`PRAGMA user_version=${migration.version}`);
    });
}
/** SQLite would make the file readable by others; its journal takes the file's mode. */
function makePrivate(file) {
  try {
    closeSync(openSync(file, 'a', 384));
  } catch (error) {
    throw diskFailure(error);
  }
}
function openRaw(options) {
  const mark = checkMark(options);
  makePrivate(options.path);
  const raw = guarded(() => new SQLite(options.path, { timeout: BUSY_MS }));
  try {
    unlock(raw, options.key, mark);
    configure(raw);
    return {
      raw,
      mark,
    };
  } catch (error) {
    raw.close();
    throw databaseFailure(error);
  }
}
/**
 * Opens the encrypted database, or makes it where there is none, and brings it to the newest schema.
 * Throws STORE_IN_USE (another program has it), STORE_KEY_WRONG, STORE_CORRUPT, STORE_NEWER (made by a newer
 * version of the program), DISK_FULL or DISK_FAILED. It never replaces or repairs what it cannot read.
 */
async function openDatabase(options) {
  if (options.key.length !== 32) throw new CounterError('STORE_KEY_WRONG', { reason: 'SIZE' });
  const created = !hasContent(options.path);
  const { raw, mark } = openRaw(options);
  const db = wrap(raw, options, created);
  try {
    migrate(db, options.migrations ?? MIGRATIONS, mark);
    if (mark === 'absent') {
      const text = Buffer.from(keyMark(options.key));
      await onDisk(() => writeDurably(nodeDisk, markPath(options.path), text));
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
// src/main/store/documents.ts
var COLUMNS$1 = `id, dossier_id AS dossierId, kind, component_id AS componentId, vault_hash AS vaultHash, name,
  sha256, bytes, created_at AS createdAt`;
function documentsOf(db) {
  return {
    save: (document) =>
      void db.run(
        `INSERT INTO documents (id, dossier_id, kind, component_id, vault_hash, name, sha256, bytes, created_at)
         VALUES (:id, :dossierId, :kind, :componentId, :vaultHash, :name, :sha256, :bytes, :createdAt)
         ON CONFLICT (id) DO UPDATE SET dossier_id = excluded.dossier_id, kind = excluded.kind,
           component_id = excluded.component_id, vault_hash = excluded.vault_hash, name = excluded.name,
           sha256 = excluded.sha256, bytes = excluded.bytes, created_at = excluded.created_at`,
        { ...document },
      ),
    get: (id) => db.get(`SELECT ${COLUMNS$1} FROM documents WHERE id = ?`, [id]),
    of: (dossierId) =>
      db.all(`SELECT ${COLUMNS$1} FROM documents WHERE dossier_id = ? ORDER BY created_at, rowid`, [
        dossierId,
      ]),
  };
}
// src/main/store/dossiers.ts
var SUMMARY = `id, version, state, procedure_code AS procedureCode, procedure_name AS procedureName,
  applicant_name AS applicantName, code, opened_at AS openedAt, received_at AS receivedAt, due_at AS dueAt, pages`;
function toRecord$1(row) {
  return (
    row && {
      ...row,
      view: JSON.parse(row.view),
    }
  );
}
/** Quoted words only, so that nothing a clerk types is taken for query syntax. */
function prefixQuery(foldedText) {
  return foldedText
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => `"${word}"*`)
    .join(' ');
}
function dossiersOf(db) {
  const upsert = `
    INSERT INTO dossiers (id, version, state, procedure_code, procedure_name, applicant_name, code, opened_at,
    received_at, due_at, pages, folded, view)
    VALUES (:id, :version, :state, :procedureCode, :procedureName, :applicantName, :code, :openedAt,
      :receivedAt, :dueAt, :pages, :folded, :view)
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state,
      procedure_code = excluded.procedure_code, procedure_name = excluded.procedure_name,
      applicant_name = excluded.applicant_name, code = excluded.code, opened_at = excluded.opened_at,
      received_at = excluded.received_at, due_at = excluded.due_at, pages = excluded.pages,
      folded = excluded.folded, view = excluded.view`;
  const numbered = (id) => db.get('SELECT number, folded FROM dossiers WHERE id = ?', [id]);
  function save(record) {
    const before = numbered(record.id);
    db.run(upsert, {
      ...record,
      view: JSON.stringify(record.view),
    });
    if (before?.folded === record.folded) return;
    const number = before?.number ?? numbered(record.id).number;
    db.run('INSERT OR REPLACE INTO dossier_words (rowid, folded) VALUES (?, ?)', [number, record.folded]);
  }
  const one = (where, value) =>
    toRecord$1(db.get(`SELECT ${SUMMARY}, folded, view FROM dossiers WHERE ${where}`, [value]));
  function search(foldedText, limit) {
    const query = prefixQuery(foldedText);
    if (query === '') return db.all(`SELECT ${SUMMARY} FROM dossiers ORDER BY number DESC LIMIT ?`, [limit]);
    return db.all(
      `SELECT ${SUMMARY} FROM dossiers WHERE number IN
         (SELECT rowid FROM dossier_words WHERE dossier_words MATCH ? ORDER BY rowid DESC LIMIT ?)
       ORDER BY number DESC`,
      [query, limit],
    );
  }
  return {
    save: (record) => db.transaction(() => save(record)),
    get: (id) => one('id = ?', id),
    byCode: (code) => one("code = ? AND code <> ''", code),
    search,
  };
}
// src/main/store/events.ts
function toEvent(row) {
  return {
    seq: row.seq,
    dossierId: row.dossier_id,
    version: row.version,
    type: row.type,
    at: row.at,
    actor: row.actor,
    payload: JSON.parse(row.payload),
  };
}
function eventsOf(db) {
  function version(dossierId) {
    return (
      db.get('SELECT max(version) AS version FROM dossier_events WHERE dossier_id = ?', [dossierId])
        ?.version ?? 0
    );
  }
  function insert(dossierId, at, event) {
    db.run(
      'INSERT INTO dossier_events (dossier_id, version, type, at, actor, payload) VALUES (?, ?, ?, ?, ?, ?)',
      [dossierId, at, event.type, event.at, event.actor, JSON.stringify(event.payload)],
    );
  }
  return {
    append: (dossierId, expectedVersion, events) =>
      db.transaction(() => {
        const found = version(dossierId);
        if (found !== expectedVersion)
          throw new CounterError('STORE_CONFLICT', {
            expected: expectedVersion,
            found,
          });
        events.forEach((event, i) => {
          insert(dossierId, expectedVersion + i + 1, event);
        });
        return expectedVersion + events.length;
      }),
    of: (dossierId) =>
      db.all('SELECT * FROM dossier_events WHERE dossier_id = ? ORDER BY version', [dossierId]).map(toEvent),
    version,
    after: (seq, limit) =>
      db.all('SELECT * FROM dossier_events WHERE seq > ? ORDER BY seq LIMIT ?', [seq, limit]).map(toEvent),
    dossiersAfter: (seq, limit) =>
      db.all(
        `SELECT seq, dossier_id AS dossierId FROM dossier_events
         WHERE version = 1 AND seq > ? ORDER BY seq LIMIT ?`,
        [seq, limit],
      ),
  };
}
// src/main/store/key-vault.ts
var KEY_BYTES = 32;
/** HKDF-SHA256 (RFC 5869) of the master key; the label is the `info` input. */
function deriveKey(masterKey, label) {
  return new Uint8Array(
    hkdfSync('sha256', masterKey, /* @__PURE__ */ new Uint8Array(0), `mot-cua-counter/${label}`, KEY_BYTES),
  );
}
function deriveStoreKeys(masterKey) {
  if (masterKey.length !== KEY_BYTES) throw new CounterError('STORE_KEY_WRONG', { reason: 'SIZE' });
  return {
    database: deriveKey(masterKey, 'database'),
    vaultName: deriveKey(masterKey, 'vault-name'),
    vaultContent: deriveKey(masterKey, 'vault-content'),
  };
}
/** NTFS access lists do not show in the mode bits; on Windows the product keeps its key in the system's vault. */
function isPrivate(mode) {
  return process.platform === 'win32' || (mode & 63) === 0;
}
async function readKey(file) {
  const { size, mode } = await file.stat();
  if (!isPrivate(mode)) throw new CounterError('STORE_KEY_WRONG', { reason: 'READABLE_BY_OTHERS' });
  const key = await readUpTo(file, KEY_BYTES, 0);
  if (size !== KEY_BYTES || key.length !== KEY_BYTES)
    throw new CounterError('STORE_KEY_WRONG', { reason: 'SIZE' });
  return new Uint8Array(key);
}
async function keyIfThere(disk, target) {
  try {
    return await withOpenFile(disk, target, 'r', readKey);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return void 0;
    throw error;
  }
}
/** link(2) refuses an existing name, so of two processes that start at once exactly one sets the key. */
async function createKey(disk, target) {
  const temp = `${target}.${randomName('.tmp')}`;
  try {
    await withOpenFile(disk, temp, 'wx', async (file) => {
      await writeAll(file, randomBytes(KEY_BYTES), 0);
      await file.sync();
    });
    await disk.link(temp, target);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    await removeIfThere(disk, temp);
  }
  await syncFolder(disk, path.dirname(target));
}
/** The master key in a file of mode 0600, made on first use. */
function fileKeyVault(target, disk = nodeDisk) {
  return {
    masterKey: () =>
      onDisk(async () => {
        await disk.mkdir(path.dirname(target), 448);
        const existing = await keyIfThere(disk, target);
        if (existing) return existing;
        await createKey(disk, target);
        const created = await keyIfThere(disk, target);
        if (!created) throw new CounterError('STORE_KEY_WRONG', { reason: 'VANISHED' });
        return created;
      }),
  };
}
// src/main/store/numbers.ts
function nextNumber(db, unit, day) {
  return db.get(
    `SELECT number, value FROM number_blocks WHERE unit = ? AND day = ? AND state = 'free'
     ORDER BY number LIMIT 1`,
    [unit, day],
  );
}
function takeNumber(db, unit, day, dossierId) {
  const own = db.get('SELECT value FROM number_blocks WHERE dossier_id = ?', [dossierId]);
  if (own) return own.value;
  const next = nextNumber(db, unit, day);
  if (!next) return void 0;
  db.run("UPDATE number_blocks SET state = 'used', dossier_id = ? WHERE number = ?", [
    dossierId,
    next.number,
  ]);
  return next.value;
}
function numbersOf(db) {
  return {
    add: (unit, day, values) =>
      db.transaction(() =>
        values.reduce(
          (sum, value) =>
            sum +
            db.run(
              `INSERT INTO number_blocks (unit, day, value, state) VALUES (?, ?, ?, 'free')
               ON CONFLICT (unit, value) DO NOTHING`,
              [unit, day, value],
            ),
          0,
        ),
      ),
    take: (unit, day, dossierId) => db.transaction(() => takeNumber(db, unit, day, dossierId)),
    next: (unit, day) => nextNumber(db, unit, day)?.value,
    free: (unit, day) =>
      db.get("SELECT count(*) AS n FROM number_blocks WHERE unit = ? AND day = ? AND state = 'free'", [
        unit,
        day,
      ])?.n ?? 0,
  };
}
// src/main/store/objects.ts
function vaultObjectsOf(db) {
  const hashes = (sql, params) => db.all(sql, params).map((row) => row.hash);
  return {
    add: (object, at) =>
      void db.run(
        'INSERT INTO vault_objects (hash, bytes, created_at) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING',
        [object.hash, object.bytes, at],
      ),
    has: (hash) => db.get('SELECT 1 FROM vault_objects WHERE hash = ?', [hash]) !== void 0,
    newest: (limit) => hashes('SELECT hash FROM vault_objects ORDER BY number DESC LIMIT ?', [limit]),
    after: (hash, limit) =>
      hashes('SELECT hash FROM vault_objects WHERE hash > ? ORDER BY hash LIMIT ?', [hash, limit]),
  };
}
// src/main/store/outbox.ts
var FILE_COLUMNS = `document_id AS documentId, key, name, sha256, bytes, vault_hash AS vaultHash,
  upload_location AS uploadLocation, remote_id AS remoteId`;
function toFault(code, at) {
  return code !== null && at !== null
    ? {
        code,
        at,
      }
    : null;
}
function toRecord(row, files) {
  return {
    id: row.id,
    dossierId: row.dossier_id,
    idempotencyKey: row.idempotency_key,
    state: row.state,
    payload: JSON.parse(row.payload),
    payloadSha256: row.payload_sha256,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at,
    lastFault: toFault(row.last_fault_code, row.last_fault_at),
    receipt: row.receipt === null ? null : JSON.parse(row.receipt),
    createdAt: row.created_at,
    files,
  };
}
var sha256Of = (text) => createHash('sha256').update(text).digest('hex');
function changed(count, step) {
  if (count !== 1) throw new CounterError('STORE_CONFLICT', { step });
}
function addRecord(db, record) {
  const payload = JSON.stringify(record.payload);
  const digest = sha256Of(payload);
  const known = db.get('SELECT payload_sha256 FROM outbox WHERE idempotency_key = ?', [
    record.idempotencyKey,
  ]);
  if (known?.payload_sha256 === digest) return;
  if (known) throw new CounterError('PROVINCE_CONFLICT', { where: 'outbox' });
  db.run(
    `INSERT INTO outbox (id, dossier_id, idempotency_key, state, payload, payload_sha256, created_at)
     VALUES (?, ?, ?, 'waiting', ?, ?, ?)`,
    [record.id, record.dossierId, record.idempotencyKey, payload, digest, record.createdAt],
  );
  record.files.forEach((file, position) => {
    db.run(
      `INSERT INTO outbox_files (outbox_id, position, document_id, key, name, sha256, bytes, vault_hash)
       VALUES (:outboxId, :position, :documentId, :key, :name, :sha256, :bytes, :vaultHash)`,
      {
        ...file,
        outboxId: record.id,
        position,
      },
    );
  });
}
function countsOf(db) {
  const rows = db.all('SELECT state, count(*) AS n FROM outbox GROUP BY state');
  const count = (state) => rows.find((row) => row.state === state)?.n ?? 0;
  const fault = db.get(`SELECT last_fault_code AS code, last_fault_at AS at FROM outbox
     WHERE last_fault_at IS NOT NULL ORDER BY last_fault_at DESC LIMIT 1`);
  return {
    waiting: count('waiting'),
    sending: count('sending'),
    sent: count('sent'),
    needsPerson: count('needs-person'),
    lastFault: fault ?? null,
  };
}
function outboxOf(db) {
  const filesOf = (id) =>
    db.all(`SELECT ${FILE_COLUMNS} FROM outbox_files WHERE outbox_id = ? ORDER BY position`, [id]);
  const step = (name, sql, params) => changed(db.run(sql, params), name);
  return {
    add: (record) => db.transaction(() => addRecord(db, record)),
    get(id) {
      const row = db.get('SELECT * FROM outbox WHERE id = ?', [id]);
      return row && toRecord(row, filesOf(id));
    },
    ofDossier: (dossierId) =>
      db
        .all('SELECT * FROM outbox WHERE dossier_id = ? ORDER BY created_at, rowid', [dossierId])
        .map((row) => toRecord(row, filesOf(row.id))),
    due: (now, limit) =>
      db
        .all(
          `SELECT id FROM outbox WHERE state = 'waiting' AND (next_attempt_at IS NULL OR next_attempt_at <= ?)
           ORDER BY created_at, rowid LIMIT ?`,
          [now, limit],
        )
        .map((row) => row.id),
    nextDueAt: () =>
      db.get("SELECT min(next_attempt_at) AS at FROM outbox WHERE state = 'waiting'")?.at ?? null,
    amend: (id, payload) => {
      const text = JSON.stringify(payload);
      step(
        'amend',
        "UPDATE outbox SET payload = ?, payload_sha256 = ? WHERE id = ? AND state = 'waiting' AND attempts = 0",
        [text, sha256Of(text), id],
      );
    },
    begin: (id) =>
      step(
        'begin',
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = ? AND state = 'waiting'",
        [id],
      ),
    retryAt: (id, nextAttemptAt, fault) =>
      step(
        'retry',
        `UPDATE outbox SET state = 'waiting', next_attempt_at = ?, last_fault_code = ?, last_fault_at = ?
         WHERE id = ? AND state = 'sending'`,
        [nextAttemptAt, fault.code, fault.at, id],
      ),
    needsPerson: (id, fault) =>
      step(
        'needs-person',
        `UPDATE outbox SET state = 'needs-person', next_attempt_at = NULL, last_fault_code = ?, last_fault_at = ?
         WHERE id = ? AND state = 'sending'`,
        [fault.code, fault.at, id],
      ),
    putBack: (id) =>
      step(
        'put-back',
        "UPDATE outbox SET state = 'waiting', next_attempt_at = NULL WHERE id = ? AND state = 'sending'",
        [id],
      ),
    release: (id) =>
      step(
        'release',
        "UPDATE outbox SET state = 'waiting', next_attempt_at = NULL WHERE id = ? AND state = 'needs-person'",
        [id],
      ),
    sent: (id, receipt) =>
      step(
        'sent',
        `UPDATE outbox SET state = 'sent', receipt = ?, next_attempt_at = NULL, last_fault_code = NULL,
           last_fault_at = NULL
         WHERE id = ? AND state = 'sending'`,
        [JSON.stringify(receipt), id],
      ),
    setUpload: (id, documentId, location) =>
      step('upload', 'UPDATE outbox_files SET upload_location = ? WHERE outbox_id = ? AND document_id = ?', [
        location,
        id,
        documentId,
      ]),
    setRemoteId: (id, documentId, remoteId) =>
      step('remote-id', 'UPDATE outbox_files SET remote_id = ? WHERE outbox_id = ? AND document_id = ?', [
        remoteId,
        id,
        documentId,
      ]),
    recover: () =>
      db.run("UPDATE outbox SET state = 'waiting', next_attempt_at = NULL WHERE state = 'sending'"),
    counts: () => countsOf(db),
  };
}
// src/main/store/page-texts.ts
function pageTextsOf(db) {
  return {
    save: (row) =>
      void db.run(
        `INSERT INTO page_texts (page_id, revision, text) VALUES (:pageId, :revision, :text)
         ON CONFLICT (page_id) DO UPDATE SET revision = excluded.revision, text = excluded.text`,
        { ...row },
      ),
    get: (pageId) =>
      db.get('SELECT page_id AS pageId, revision, text FROM page_texts WHERE page_id = ?', [pageId]),
    revisionsOf: (dossierId) =>
      new Map(
        db
          .all(
            `SELECT p.id AS id, t.revision AS revision FROM pages p JOIN page_texts t ON t.page_id = p.id
             WHERE p.dossier_id = ?`,
            [dossierId],
          )
          .map((row) => [row.id, row.revision]),
      ),
  };
}
// src/main/store/pages.ts
var COLUMNS = `id, dossier_id AS dossierId, image_hash AS imageHash, thumbnail_hash AS thumbnailHash,
  original_hash AS originalHash, added_at AS addedAt`;
function pagesOf(db) {
  return {
    save: (page) =>
      void db.run(
        `INSERT INTO pages (id, dossier_id, image_hash, thumbnail_hash, original_hash, added_at)
         VALUES (:id, :dossierId, :imageHash, :thumbnailHash, :originalHash, :addedAt)
         ON CONFLICT (id) DO UPDATE SET dossier_id = excluded.dossier_id, image_hash = excluded.image_hash,
           thumbnail_hash = excluded.thumbnail_hash, original_hash = excluded.original_hash`,
        { ...page },
      ),
    get: (id) => db.get(`SELECT ${COLUMNS} FROM pages WHERE id = ?`, [id]),
    of: (dossierId) =>
      db.all(`SELECT ${COLUMNS} FROM pages WHERE dossier_id = ? ORDER BY added_at, rowid`, [dossierId]),
  };
}
// src/main/store/projection.ts
var BATCH$1 = 200;
/** Writes the rows of one dossier; rows that are no longer given stay (a page is never unknown again). */
function saveProjection(db, projection) {
  db.transaction(() => {
    dossiersOf(db).save(projection.dossier);
    for (const page of projection.pages) pagesOf(db).save(page);
    for (const document of projection.documents) documentsOf(db).save(document);
  });
}
function clear(db) {
  for (const table of ['pages', 'documents', 'dossier_words', 'dossiers']) db.run(`DELETE FROM ${table}`);
}
/** Throws all projections away and replays every event, in one transaction. Answers the number of dossiers. */
function rebuild(db, project) {
  return db.transaction(() => {
    clear(db);
    const events = eventsOf(db);
    let count = 0;
    let seq = 0;
    for (;;) {
      const batch = events.dossiersAfter(seq, BATCH$1);
      for (const { dossierId } of batch) saveProjection(db, project(dossierId, events.of(dossierId)));
      count += batch.length;
      seq = batch.at(-1)?.seq ?? seq;
      if (batch.length < BATCH$1) return count;
    }
  });
}
// src/main/store/settings.ts
function settingsOf(db) {
  return {
    get: (key) => db.get('SELECT value FROM settings WHERE key = ?', [key])?.value,
    set: (key, value) =>
      void db.run(
        'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
        [key, value],
      ),
  };
}
// src/main/store/keyed-lock.ts
function keyedLock() {
  const tails = /* @__PURE__ */ new Map();
  return async (key, work) => {
    const current = (tails.get(key) ?? Promise.resolve()).then(work, work);
    tails.set(key, current);
    try {
      return await current;
    } finally {
      if (tails.get(key) === current) tails.delete(key);
    }
  };
}
// src/main/store/vault-claims.ts
var SUFFIX = '.claim';
/** Hash of a claim's file name; undefined for any other file. */
function claimedHash(fileName) {
  return new RegExp(`^([0-9a-f]{64})\\${SUFFIX}$`).exec(fileName)?.[1];
}
function createClaims(disk, incoming, objects) {
  const held = /* @__PURE__ */ new Set();
  const fileOf = (hash) => path.join(incoming, `${hash}${SUFFIX}`);
  async function drop(hash) {
    await removeIfThere(disk, fileOf(hash));
    held.delete(hash);
  }
  return {
    async make(hash) {
      if (held.has(hash) || objects.has(hash)) return;
      held.add(hash);
      await withOpenFile(disk, fileOf(hash), 'w', async () => void 0);
    },
    holds: (hash) => held.has(hash),
    size: () => held.size,
    async settle() {
      for (const hash of [...held]) if (objects.has(hash)) await drop(hash);
    },
    drop,
  };
}
// src/main/store/vault-format.ts
/**
 * The file of one vault object:
 *
 *   0   4  magic 'MCVO'
 *   4   1  format version, 1
 *   5   1  log2 of the segment size, 20
 *   6   2  zero
 *   8  32  salt, random for each file
 *   40 32  binding: HMAC-SHA256 of the object's name
 *   72  …  segments, each 1 MiB of ciphertext (the last one shorter) and a tag of 16 bytes
 *
 * AES-256-GCM with a key of its own for each file (HKDF-SHA256 with the salt). The nonce is the segment's number
 * and a mark on the last one, as in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015):
 * a segment that is moved, dropped or cut off fails. The binding ties the content to the name, so that one object
 * cannot be put in the place of another.
 */
var MAGIC = Buffer.from('MCVO', 'latin1');
var VERSION = 1;
var SEGMENT_LOG2 = 20;
var SEGMENT_BYTES = 2 ** SEGMENT_LOG2;
var FIXED = Buffer.concat([MAGIC, Buffer.from([VERSION, SEGMENT_LOG2, 0, 0])]);
var PREFIX_BYTES = 40;
var SEALED_BYTES = SEGMENT_BYTES + 16;
function fileKeys(contentKey, prefix) {
  const bytes = new Uint8Array(
    hkdfSync('sha256', contentKey, prefix.subarray(FIXED.length), 'vault-object', 64),
  );
  return {
    content: bytes.subarray(0, 32),
    binding: bytes.subarray(32),
  };
}
function bindingOf(keys, name) {
  return createHmac('sha256', keys.binding).update(name).digest();
}
function nonceOf(index, last) {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  nonce[11] = last ? 1 : 0;
  return nonce;
}
function newPrefix() {
  return Buffer.concat([FIXED, randomBytes(PREFIX_BYTES - FIXED.length)]);
}
function writeObject(file, contentKey) {
  const prefix = newPrefix();
  const keys = fileKeys(contentKey, prefix);
  let index = 0;
  return {
    async segment(plain, last) {
      const cipher = createCipheriv('aes-256-gcm', keys.content, nonceOf(index, last));
      cipher.setAAD(prefix);
      await writeAll(
        file,
        Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]),
        72 + index * SEALED_BYTES,
      );
      index += 1;
    },
    finish: (name) => writeAll(file, Buffer.concat([prefix, bindingOf(keys, name)]), 0),
  };
}
function corrupt(name, reason, cause) {
  return new CounterError(
    'VAULT_OBJECT_CORRUPT',
    {
      object: name,
      reason,
    },
    { cause },
  );
}
function decrypt(key, prefix, sealed, nonce) {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  decipher.setAAD(prefix);
  decipher.setAuthTag(sealed.subarray(sealed.length - 16));
  const plain = decipher.update(sealed.subarray(0, sealed.length - 16));
  decipher.final();
  return plain;
}
async function readObject(file, contentKey, name) {
  const { size } = await file.stat();
  const header = await readUpTo(file, 72, 0);
  if (header.length < 72 || size < 88) throw corrupt(name, 'SHORT');
  const prefix = header.subarray(0, PREFIX_BYTES);
  if (!prefix.subarray(0, FIXED.length).equals(FIXED)) throw corrupt(name, 'HEADER');
  const keys = fileKeys(contentKey, prefix);
  if (!timingSafeEqual(header.subarray(PREFIX_BYTES), bindingOf(keys, name))) throw corrupt(name, 'NAME');
  const body = size - 72;
  const segments = Math.ceil(body / SEALED_BYTES);
  return {
    bytes: body - segments * 16,
    segments,
    async segment(index) {
      const start = index * SEALED_BYTES;
      const length = Math.min(SEALED_BYTES, body - start);
      const sealed = await readUpTo(file, length, 72 + start);
      if (sealed.length < length || length < 16) throw corrupt(name, 'SHORT');
      try {
        return decrypt(keys.content, prefix, sealed, nonceOf(index, index === segments - 1));
      } catch (error) {
        throw corrupt(name, 'CONTENT', error);
      }
    },
  };
}
// src/main/store/vault-sweep.ts
/** A power cut can only have taken what was written just before it. */
var NEWEST = 64;
var BATCH = 500;
var OBJECT = /^[0-9a-f]{64}$/;
/** Deletes an object without a row. What a put of this run has claimed is left: its row may be on the way. */
async function removeOrphan(tools, hash) {
  return tools.locked(hash, async () => {
    if (tools.claims.holds(hash) || tools.objects.has(hash)) return false;
    try {
      await tools.remove(hash);
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    }
  });
}
async function isMissing(tools, hash) {
  return tools.objects.has(hash) && !(await tools.disk.exists(tools.placeOf(hash)));
}
async function sweepClaims(tools, names, found) {
  for (const name of names) {
    const hash = claimedHash(name);
    if (hash === void 0 || tools.claims.holds(hash)) continue;
    if (await isMissing(tools, hash)) found.missing.add(hash);
    if (await removeOrphan(tools, hash)) found.removed += 1;
    await tools.claims.drop(hash);
  }
}
async function sweepTemporary(tools, names, found) {
  for (const name of names) {
    if (!name.endsWith('.part')) continue;
    await removeIfThere(tools.disk, path.join(tools.incoming, name));
    found.removed += 1;
  }
}
async function sweepObjects(tools, found) {
  for (const folder of await tools.disk.readdir(tools.folder)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const name of await tools.disk.readdir(path.join(tools.folder, folder)))
      if (OBJECT.test(name) && (await removeOrphan(tools, name))) found.removed += 1;
  }
}
async function* rowsOf(tools, scope) {
  if (scope === 'recent') {
    yield* tools.objects.newest(NEWEST);
    return;
  }
  for (let after = ''; ; ) {
    const batch = tools.objects.after(after, BATCH);
    yield* batch;
    if (batch.length < BATCH) return;
    after = batch.at(-1);
  }
}
/** Temporary files are deleted by the sweep at start only: later they may belong to a put that is under way. */
async function sweepVault(tools, scope) {
  const found = {
    removed: 0,
    missing: /* @__PURE__ */ new Set(),
  };
  const names = await tools.disk.readdir(tools.incoming);
  if (scope === 'recent') await sweepTemporary(tools, names, found);
  await sweepClaims(tools, names, found);
  if (scope === 'all') await sweepObjects(tools, found);
  for await (const hash of rowsOf(tools, scope))
    if (!(await tools.disk.exists(tools.placeOf(hash)))) found.missing.add(hash);
  return {
    removed: found.removed,
    missing: [...found.missing],
  };
}
// src/main/store/vault.ts
var HASH = /^[0-9a-f]{64}$/;
var FOLDER = /^[0-9a-f]{2}$/;
/** Claims are settled in batches: it keeps the folder short and costs little for each put. */
var SETTLE_AT = 32;
async function* piecesOf(file) {
  let position = 0;
  for (;;) {
    const piece = await readUpTo(file, SEGMENT_BYTES, position);
    if (piece.length > 0) yield piece;
    if (piece.length < SEGMENT_BYTES) return;
    position += piece.length;
  }
}
/** Cuts pieces of any size into full segments and one last, possibly empty one, using one segment of memory. */
async function* segmentsOf(pieces) {
  const held = Buffer.allocUnsafe(SEGMENT_BYTES);
  let filled = 0;
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; ) {
      if (filled === SEGMENT_BYTES) {
        yield {
          plain: held,
          last: false,
        };
        filled = 0;
      }
      const taken = piece.subarray(at, at + SEGMENT_BYTES - filled);
      held.set(taken, filled);
      filled += taken.length;
      at += taken.length;
    }
  yield {
    plain: held.subarray(0, filled),
    last: true,
  };
}
function* sliced(data) {
  let at = 0;
  do {
    const plain = data.subarray(at, at + SEGMENT_BYTES);
    at += SEGMENT_BYTES;
    yield {
      plain,
      last: at >= data.length,
    };
  } while (at < data.length);
}
/** Opens the vault in `folder`, making the folder where it is missing. One process at a time: the database's lock sees to it. */
async function openVault(options) {
  const { folder, keys, objects, disk = nodeDisk } = options;
  const incoming = path.join(folder, 'incoming');
  const locked = keyedLock();
  const claims = createClaims(disk, incoming, objects);
  const placeOf = (hash) => path.join(folder, hash.slice(0, 2), hash);
  const hasher = () => createHmac('sha256', keys.vaultName);
  const remove = (hash) => disk.unlink(placeOf(hash));
  async function withObject(hash, use) {
    if (!HASH.test(hash)) throw new CounterError('VAULT_OBJECT_MISSING', { object: 'malformed' });
    return onDisk(async () => {
      try {
        return await withOpenFile(disk, placeOf(hash), 'r', async (file) =>
          use(await readObject(file, keys.vaultContent, hash)),
        );
      } catch (error) {
        if (!isErrno(error, 'ENOENT')) throw error;
        throw new CounterError('VAULT_OBJECT_MISSING', { object: hash }, { cause: error });
      }
    });
  }
  async function verify(hash) {
    return withObject(hash, async (reader) => {
      for (let i = 0; i < reader.segments; i += 1) await reader.segment(i);
      return reader.bytes;
    });
  }
  async function isWhole(hash) {
    try {
      await verify(hash);
      return true;
    } catch (error) {
      const code = error instanceof CounterError ? error.code : '';
      if (code === 'VAULT_OBJECT_MISSING' || code === 'VAULT_OBJECT_CORRUPT') return false;
      throw error;
    }
  }
  /** An earlier put may have failed between rename and flush, so a known object is flushed again: it costs nothing when clean. */
  async function flush(hash) {
    await withOpenFile(disk, placeOf(hash), 'r+', (file) => file.sync());
    await syncFolder(disk, path.dirname(placeOf(hash)));
  }
  /** Gives a finished temporary file its name, or drops it where a whole object has that name already. */
  async function place(temp, hash) {
    await claims.make(hash);
    if (await isWhole(hash)) {
      await disk.unlink(temp);
      await flush(hash);
      return;
    }
    const target = placeOf(hash);
    if (await disk.mkdir(path.dirname(target), 448)) await syncFolder(disk, folder);
    await disk.rename(temp, target);
    await syncFolder(disk, path.dirname(target));
  }
  /** Hashes while it encrypts, unless the name is known already: hashing is the larger part of a put's work. */
  async function seal(temp, segments, known) {
    return withOpenFile(disk, temp, 'wx', async (file) => {
      const writer = writeObject(file, keys.vaultContent);
      const hash = hasher();
      let bytes = 0;
      for await (const { plain, last } of segments) {
        if (known === void 0) hash.update(plain);
        bytes += plain.length;
        await writer.segment(plain, last);
      }
      const name = known ?? hash.digest('hex');
      await writer.finish(name);
      await file.sync();
      return {
        hash: name,
        bytes,
      };
    });
  }
  async function put(segments, known) {
    const temp = path.join(incoming, randomName('.part'));
    const stored = await onDisk(async () => {
      try {
        const sealed = await seal(temp, segments, known);
        await locked(sealed.hash, () => place(temp, sealed.hash));
        return sealed;
      } catch (error) {
        await removeIfThere(disk, temp);
        throw error;
      }
    });
    if (claims.size() >= SETTLE_AT) await onDisk(() => claims.settle());
    return stored;
  }
  /** The hash of bytes in memory is known beforehand, so a page that is there already costs no write. */
  async function putBytes(data) {
    const hash = hasher().update(data).digest('hex');
    return (await onDisk(() =>
      locked(hash, async () => {
        if (!(await disk.exists(placeOf(hash)))) return false;
        await claims.make(hash);
        if (!(await isWhole(hash))) return false;
        await flush(hash);
        return true;
      }),
    ))
      ? {
          hash,
          bytes: data.length,
        }
      : put(sliced(data), hash);
  }
  async function readRange(hash, offset, length) {
    if (!(offset >= 0) || !(length >= 0)) throw new RangeError('offset and length are not negative');
    return withObject(hash, async (reader) => {
      const end = Math.min(offset + length, reader.bytes);
      const reachesEnd = offset + length >= reader.bytes;
      const from = Math.floor(Math.min(offset, reader.bytes) / SEGMENT_BYTES);
      const to = reachesEnd ? reader.segments - 1 : Math.floor(Math.max(end - 1, 0) / SEGMENT_BYTES);
      const parts = [];
      for (let i = Math.min(from, to); i <= to; i += 1) {
        const base = i * SEGMENT_BYTES;
        const plain = await reader.segment(i);
        parts.push(plain.subarray(Math.max(0, offset - base), Math.max(0, end - base)));
      }
      return Buffer.concat(parts);
    });
  }
  async function copyTo(hash, target) {
    await withObject(hash, async (reader) => {
      try {
        await withOpenFile(disk, target, 'wx', async (file) => {
          for (let i = 0; i < reader.segments; i += 1)
            await writeAll(file, await reader.segment(i), i * SEGMENT_BYTES);
        });
      } catch (error) {
        if (isErrno(error, 'EEXIST')) throw new CounterError('FILE_EXISTS', {}, { cause: error });
        await removeIfThere(disk, target);
        throw error;
      }
    });
  }
  async function holdsUnclaimed() {
    const claimed = new Set((await disk.readdir(incoming)).map(claimedHash));
    for (const name of await disk.readdir(folder)) {
      if (!FOLDER.test(name)) continue;
      if ((await disk.readdir(path.join(folder, name))).some((hash) => !claimed.has(hash))) return true;
    }
    return false;
  }
  await onDisk(() => disk.mkdir(incoming, 448));
  return {
    putBytes,
    putStream: (pieces) => put(segmentsOf(pieces)),
    putFile: (source) =>
      onDisk(() => withOpenFile(disk, source, 'r', (file) => put(segmentsOf(piecesOf(file))))),
    read: (hash) =>
      withObject(hash, async (reader) => {
        const parts = [];
        for (let i = 0; i < reader.segments; i += 1) parts.push(await reader.segment(i));
        return parts.length === 1 ? parts[0] : Buffer.concat(parts);
      }),
    readRange,
    copyTo,
    verify,
    holdsUnclaimed: () => onDisk(holdsUnclaimed),
    sweep: (scope) =>
      onDisk(() =>
        sweepVault(
          {
            disk,
            folder,
            incoming,
            objects,
            claims,
            locked,
            placeOf,
            remove,
          },
          scope,
        ),
      ),
    close: () => onDisk(() => claims.settle()),
  };
}
// src/main/store/workspace.ts
/** Whatever a killed program left in it is wiped before anything else happens. */
async function openWorkspace(folder) {
  const wipe = () =>
    onDisk(() =>
      rm(folder, {
        recursive: true,
        force: true,
      }),
    );
  await wipe();
  await onDisk(() =>
    mkdir(folder, {
      recursive: true,
      mode: 448,
    }),
  );
  return {
    folder,
    async withFolder(use) {
      const own = await onDisk(() => mkdtemp(path.join(folder, 'w-')));
      try {
        return await use(own);
      } finally {
        await onDisk(() =>
          rm(own, {
            recursive: true,
            force: true,
          }),
        );
      }
    },
    dispose: wipe,
  };
}
// src/main/store/index.ts
function repositoriesOf(db) {
  return {
    events: eventsOf(db),
    dossiers: dossiersOf(db),
    pages: pagesOf(db),
    pageTexts: pageTextsOf(db),
    documents: documentsOf(db),
    objects: vaultObjectsOf(db),
    outbox: outboxOf(db),
    numbers: numbersOf(db),
    settings: settingsOf(db),
  };
}
/** Beside an empty database every page in the vault would look like an orphan: refuse before any sweep can run. */
async function refuseForeignVault(vault, objects) {
  if (objects.newest(1).length === 0 && (await vault.holdsUnclaimed()))
    throw new CounterError('STORE_CORRUPT', { reason: 'DATABASE_GONE' });
}
async function openParts(db, options, keys) {
  const repositories = repositoriesOf(db);
  const vault = await openVault({
    folder: path.join(options.dataDir, 'vault'),
    keys,
    objects: repositories.objects,
    ...(options.disk && { disk: options.disk }),
  });
  await refuseForeignVault(vault, repositories.objects);
  const workspace = await openWorkspace(path.join(options.dataDir, 'workspace'));
  const sweepReport = await vault.sweep('recent');
  return {
    ...repositories,
    vault,
    workspace,
    sweepReport,
  };
}
/**
 * Opens everything that a counter keeps, in the order that is safe: the database's lock first, then the clean-up
 * of what a crash left. Throws the failures of the key vault, the database and the disk.
 */
async function openStore(options) {
  await onDisk(() => (options.disk ?? nodeDisk).mkdir(options.dataDir, 448));
  const keys = deriveStoreKeys(await options.keyVault.masterKey());
  const db = await openDatabase({
    path: path.join(options.dataDir, 'counter.db'),
    key: keys.database,
  });
  try {
    const parts = await openParts(db, options, keys);
    const count = (table) => db.get(`SELECT count(*) AS n FROM ${table}`)?.n ?? 0;
    return {
      ...parts,
      transaction: (fn) => db.transaction(fn),
      counts: () => ({
        dossiers: count('dossiers'),
        objects: count('vault_objects'),
      }),
      rebuild: (project) => rebuild(db, project),
      async close() {
        try {
          await parts.vault.close();
          await parts.workspace.dispose();
        } finally {
          db.close();
        }
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}
// tests/support/pages.ts
/** What is known of a scanned page that nothing was done to and that gives no cause for doubt. */
var PLAIN_PAGE = {
  treatment: {
    crop: null,
    turn: 0,
    straightenedBy: 0,
    light: false,
    edges: false,
    colour: 'color',
  },
  findings: {
    flags: [],
    ink: 4e4,
    orientation: {
      turn: 0,
      confidence: 0.98,
    },
    needs: 'color',
    codes: [],
  },
  origin: 'scan',
  separator: null,
  revision: 0,
  confirmed: false,
};
// tests/e2e/crash/feeder-child.ts
/**
 * A feeder job over a real store in a process of its own, to be killed. It first judges what the run before it left,
 * then scans into a new dossier and says each page that it announces.
 * Usage: feeder-child.ts DATA_DIR ACKS NUMBER BEFORE — ACKS holds the lines of all runs so far and gets its own;
 * NUMBER is this run's, BEFORE that of the run before it (0 = none).
 */
var [dataDir = '', acks = '', seed = '', before = '0'] = process.argv.slice(2);
var idOf = (run) => `00000000-0000-4000-8000-${Number(run).toString(16).padStart(12, '0')}`;
var PAGES = 200;
var procedure = {
  code: '1.000001',
  name: 'Thủ tục thử',
  field: {
    code: 'G01-TH',
    name: 'Thử',
  },
  version: '1',
  duration: null,
  components: [
    {
      id: 'don',
      code: '',
      name: 'Đơn',
      originals: 1,
      copies: 0,
      group: '',
      handling: 'submit',
      required: true,
    },
  ],
  results: [],
};
/** A page that tells by itself whether it is whole: its digest stands in front. */
function sheet(n) {
  const body = Buffer.alloc(4e3 + ((n * 977) % 9e3), `${seed}/${n}/`);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
}
function isWhole(page) {
  return createHash('sha256').update(page.subarray(32)).digest().equals(page.subarray(0, 32));
}
/** The pipeline stands aside: what is under test is what becomes of a page that it gave. */
var imaging = {
  async process(page) {
    const { treatment, findings } = PLAIN_PAGE;
    return {
      image: page.bytes,
      mime: 'image/jpeg',
      thumbnail: page.bytes.subarray(0, 600 + (page.index % 3)),
      width: 10,
      height: 10,
      dpi: 75,
      untouched: true,
      timings: {},
      treatment,
      findings: {
        ...findings,
        flags: [],
        codes: [],
      },
    };
  },
  close: async () => void 0,
};
/** Every page that was announced is there and whole, and so is every other that a dossier shows. */
async function judge(store) {
  const last = idOf(before);
  const lines = readFileSync(acks, 'utf8').split('\n');
  const shown = store.pages.of(last);
  const known = new Set(shown.map((page) => page.id));
  for (const line of lines.filter((l) => l.startsWith(last)))
    if (!known.has(line.split(' ')[1])) throw new Error(`lost: ${line}`);
  for (const page of shown) {
    if (!isWhole(await store.vault.read(page.imageHash))) throw new Error(`half a page: ${page.id}`);
    await store.vault.verify(page.thumbnailHash);
  }
  if ((store.dossiers.get(last)?.view?.components[0]?.pages.length ?? 0) !== shown.length)
    throw new Error(`rows and dossier differ: ${last}`);
  if (store.sweepReport.missing.length > 0) throw new Error(`missing: ${store.sweepReport.missing.join()}`);
}
async function* feed() {
  for (let index = 0; index < PAGES; index += 1)
    yield {
      kind: 'page',
      photo: false,
      page: {
        index,
        bytes: sheet(index),
        format: 'jpeg',
        dpi: 75,
      },
    };
}
var store = await openStore({
  dataDir,
  keyVault: fileKeyVault(path.join(dataDir, 'master.key')),
});
await judge(store);
var bus = createEventBus();
var journal = createJournal({
  store,
  bus,
  clock: { now: () => /* @__PURE__ */ new Date() },
});
var dossierId = idOf(seed);
journal.open(
  dossierId,
  (stamp) =>
    open(
      {
        dossierId,
        procedure,
      },
      stamp,
    ),
  'clerk',
);
var out = openSync(acks, 'a');
bus.subscribe(({ name, payload }) => {
  if (name !== 'scan.page') return;
  writeSync(out, `${dossierId} ${payload.page.id}\n`);
  process.send?.('page');
});
var jobs = createPageJobs({
  imaging,
  store,
  journal,
  bus,
  log: silentLog,
});
process.send?.('ready');
jobs.start({
  dossierId,
  actor: 'clerk',
  origin: 'scan',
  order: {},
  open: feed,
  route: createRoute({
    componentId: 'don',
    place: { at: 'end' },
    separate: true,
    duplex: false,
  }),
});
