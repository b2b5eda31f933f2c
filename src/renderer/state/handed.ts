/** What the system hands to the desktop, opened on the page. A link shows kept things and never runs anything. */
import { writeAddress } from '../../shared/address.ts'
import type { DeepLink } from '../../shared/deepLink.ts'
import { remedies, type FaultCode } from '../../shared/fault.ts'
import type { Handed } from '../../shared/handed.ts'
import { watchHanded } from '../link.ts'
import { baseName } from '../parts/format.ts'
import { fileFault } from './engine.ts'
import { navigation, openLink } from './navigation.ts'
import { reviewPaths } from './review.ts'

/** Opens what is handed over from now on; returns the way to stop. */
export function startHanded(): () => void {
  return watchHanded((handed) => void openHanded(handed))
}

/** Opens one thing; what cannot be opened is filed among the errors, which are shown. */
export async function openHanded(handed: Handed): Promise<void> {
  switch (handed.type) {
    case 'link':
      return openLink(addressOf(handed.link), { takePlan: true })
    case 'documents':
      return reviewPaths(handed.paths)
    case 'session':
      return refuse(
        `open ${baseName(handed.path)}`,
        'unsupported-format',
        `${handed.path}: this version opens no session files.`,
        'Open the documents that it was made of.',
      )
    case 'refused':
      return refuse(
        'open a link',
        'bad-input',
        `This is no link of the workbench: ${handed.text}`,
        'Copy it again, whole.',
      )
  }
}

/** The link as the page's own address: the first chunk of several is the one that is selected, where a run is named. */
function addressOf({ screen, stage, run, chunks, passage, colorBy }: DeepLink): string {
  const chunk = run === undefined ? undefined : chunks?.[0]
  return writeAddress({
    ...(screen === undefined ? (run === undefined ? {} : { screen: 'bench' }) : { screen }),
    ...(run === undefined ? {} : { run }),
    ...(stage === undefined ? {} : { stage }),
    ...(chunk === undefined ? {} : { chunk }),
    ...(colorBy === undefined ? {} : { colorBy }),
    ...(passage === undefined ? {} : { passage }),
  })
}

function refuse(work: string, code: FaultCode, message: string, remedy: string = remedies[code]): void {
  const fault = { code, message, remedy }
  fileFault(work, fault)
  navigation.setState({ problems: [], fault })
}
