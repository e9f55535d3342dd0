import { CopyDialog } from '../copying/CopyDialog.tsx';
import { focusSoon } from '../focus.ts';
import { InboxDialog } from '../importing/InboxDialog.tsx';
import { PdfDialog } from '../importing/PdfDialog.tsx';
import { MoveDialog } from '../pages/MoveDialog.tsx';
import { SeparatorsDialog } from '../scanning/SeparatorsDialog.tsx';
import { PageViewer } from '../viewer/PageViewer.tsx';
import type { PaperWork } from './usePaperWork.ts';

/** What lies over the papers while it is worked with. */
export function PaperDialogs(props: {
  work: PaperWork;
  editable: boolean;
  onCitizen: (line: string) => void;
}) {
  const { work } = props;
  const { dossier, desk, viewed, moving, asked, tool, current } = work;
  const place = current === null ? null : { dossierId: dossier.id, componentId: current };
  const closeTool = () => {
    work.setTool(null);
    focusSoon('[data-current-scan]', true);
  };
  return (
    <>
      {viewed !== null && (
        <PageViewer
          dossier={dossier}
          pageId={viewed}
          editable={props.editable}
          state={work.state}
          commands={work.commands}
          scan={desk.scan.state}
          resting={moving !== null}
          onCitizen={(line) => {
            work.setViewed(null);
            props.onCitizen(line);
          }}
          onPage={work.setViewed}
          onClose={() => {
            work.setViewed(null);
            focusSoon(`[data-page="${viewed}"], [data-next]`);
          }}
        />
      )}
      {moving !== null && (
        <MoveDialog
          dossier={dossier}
          pageIds={moving}
          onMove={work.moveTo}
          onClose={() => {
            work.setMoving(null);
            if (viewed === null) focusSoon(`[data-page="${moving[0]}"]`);
          }}
        />
      )}
      {asked && (
        <PdfDialog
          names={asked.files.map((file) => file.name)}
          onClose={() => work.setAsked(null)}
          onTake={(as) => {
            const { componentId, files } = asked;
            desk.imports.addFiles({ dossierId: dossier.id, componentId }, files, as);
            work.setAsked(null);
            focusSoon('[data-current-scan]', true);
          }}
        />
      )}
      {tool === 'inbox' && place && (
        <InboxDialog
          into={work.currentName}
          onTake={(file, as) => desk.imports.takeFromInbox(place, file, as)}
          onClose={closeTool}
        />
      )}
      {tool === 'copy' && <CopyDialog scanners={work.scanners} copy={desk.copy} onClose={closeTool} />}
      {tool === 'separators' && <SeparatorsDialog dossierId={dossier.id} onClose={closeTool} />}
    </>
  );
}
