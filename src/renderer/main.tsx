/** The page's first lines: styles, and the app into its root. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { link } from './link.ts'
import './styles/tokens.css'
import './styles/frame.css'
import './styles/parts.css'
import './styles/start.css'
import './styles/train.css'
import './styles/bench.css'
import './styles/runs.css'
import './styles/models.css'
import './styles/sweep.css'
import './styles/corpus.css'
import './styles/compare.css'
import './styles/report.css'
import './styles/whatIf.css'
import './styles/settings.css'
import './styles/log.css'
import './styles/forced.css'
import './styles/session.css'

// The desktop sends the engine's port once the document stands: the page must be listening by then.
link()

const root = document.getElementById('root')
if (root === null) throw new Error('internal: index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
