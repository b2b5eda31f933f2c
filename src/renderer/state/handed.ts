/** What the system hands to the desktop, opened on the page. A link shows kept things and never runs anything. */
import { writeAddress } from '../../shared/address.ts'
import type { DeepLink } from '../../shared/deepLink.ts'
import { remedies, type FaultCode } from '../../shared/fault.ts'
import type { Handed } from '../../shared/handed.ts'
import { watchHanded } from '../link.ts'
import { fileFault } from './engine.ts'
import { navigation, openLink } from './navigation.ts'
import { reviewPaths } from './review.ts'
import { openSession } from './session.ts'
import { openSessionPath } from './sessions.ts'

/** Opens what is handed over from now on; returns the way to stop. */
export function startHanded(): () => void {
  return watchHanded((handed) => void openHanded(handed))
}

/** Opens one thing; what cannot be opened is filed among the errors, which are shown. */
export async function openHanded(handed: Handed): Promise<void> {
  switch (handed.type) {
    case 'link':
      if (handed.link.session !== undefined)
        await openSession(handed.link.session, { looks: handed.link.screen === undefined })
      return openLink(addressOf(handed.link), { takePlan: true })
    case 'documents':
      return reviewPaths(handed.paths)
    case 'session':
      return openSessionPath(handed.path)
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
