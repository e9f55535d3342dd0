import { vietnamTime } from '../calendar/local-time.ts';

/** What a PDF/A-2b says of itself, once in XMP and once in the Info dictionary (ISO 19005-2 §6.6.3). */
export interface DocumentFacts {
  readonly title: string;
  readonly createdAt: Date;
  /** The program that made the pages; the producer where it is not given. */
  readonly creator: string;
  readonly producer: string;
}

/** `D:20261123190000+07'00'` (ISO 32000-1 §7.9.4), the same instant to the second. */
export function pdfDate(at: Date): string {
  const digits = vietnamTime(at).slice(0, 19).replace(/\D/g, '');
  return `D:${digits}+07'00'`;
}

/** Characters that neither XML 1.0 can hold nor a title needs; both places get the cleaned text. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\ufffe\uffff]+/gu, ' ')
    .trim();
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The XMP packet, without the deprecated `bytes` and `encoding` attributes (ISO 19005-2 §6.6.2.1). */
export function xmpPacket(facts: DocumentFacts): string {
  const date = vietnamTime(facts.createdAt);
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(facts.title)}</rdf:li></rdf:Alt></dc:title>
<xmp:CreateDate>${date}</xmp:CreateDate>
<xmp:ModifyDate>${date}</xmp:ModifyDate>
<xmp:CreatorTool>${escapeXml(facts.creator)}</xmp:CreatorTool>
<pdf:Producer>${escapeXml(facts.producer)}</pdf:Producer>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>`;
}
