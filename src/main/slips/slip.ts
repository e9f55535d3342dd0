import type { Payment } from '../../contract/fees.ts';
import type { Ending, Extension, Supplement } from '../../contract/life-cycle.ts';
import type { DossierView } from '../../contract/model.ts';
import type { EncodeBarcode } from './barcode.ts';
import type { SlipForm } from './form.ts';

/** A paper about one dossier, or about several of one visit, with the facts that it states. */
export type Slip =
  | { readonly kind: 'reception'; readonly dossier: DossierView }
  | { readonly kind: 'supplement-request'; readonly dossier: DossierView; readonly supplement: Supplement }
  | { readonly kind: 'refusal'; readonly dossier: DossierView; readonly ending: Ending }
  | { readonly kind: 'extension'; readonly dossier: DossierView; readonly extension: Extension }
  | { readonly kind: 'stop'; readonly dossier: DossierView; readonly ending: Ending }
  | { readonly kind: 'process-control'; readonly dossier: DossierView }
  | { readonly kind: 'return-receipt'; readonly dossier: DossierView }
  | { readonly kind: 'fee-receipt'; readonly dossier: DossierView; readonly payment: Payment }
  | { readonly kind: 'ticket'; readonly dossier: DossierView }
  /** At least one dossier, all of one visit. */
  | { readonly kind: 'visit-receipt'; readonly dossiers: readonly DossierView[] };

/** Who issues a paper, when, under which number, and what it is drawn with. */
export interface SlipContext {
  readonly unit: {
    readonly name: string;
    /** Parent agency; empty where there is none. */
    readonly parent: string;
    /** Place of the date line. */
    readonly place: string;
    readonly address: string;
    readonly phone: string;
  };
  readonly counter: string;
  /** Who receives, guides or hands out; printed under 'người tiếp nhận'. */
  readonly clerkName: string;
  /** Who signs for the agency (Mẫu 03, 04, 05); empty = a line to write on. */
  readonly headName: string;
  /** Name of the information system, for the QR (TT 01/2023/TT-VPCP Điều 26). */
  readonly system: string;
  readonly issuedAt: string;
  /** Of the year and kind; null = a dotted gap. */
  readonly number: number | null;
  /** Place in the tracking book; null = a dotted gap. */
  readonly register: { readonly book: string; readonly order: number } | null;
  /** The edition that is signed digitally: one copy, with a field for each signature of the counter. */
  readonly electronic: boolean;
  /** 0 = the paper itself; n = its nth reprint, marked as such. */
  readonly reprint: number;
  /** Where the state of a dossier is looked up, with `{code}` for its code; empty = no tracking QR. */
  readonly trackingUrl: string;
  /** Text of a payment QR (EMVCo); empty = none. */
  readonly paymentQr: string;
  /** TrueType, Times metrics (NĐ 30/2020/NĐ-CP asks for Times New Roman). */
  readonly fonts: {
    readonly regular: Uint8Array;
    readonly bold: Uint8Array;
    readonly italic: Uint8Array;
  };
  readonly forms: readonly SlipForm[];
  readonly encodeBarcode: EncodeBarcode;
}
