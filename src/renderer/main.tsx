/** The page's first lines: styles, and the app into its root. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { link } from './link.ts'
import './styles/all.css'

// The desktop sends the engine's port once the document stands: the page must be listening by then.
link()

const root = document.getElementById('root')
if (root === null) throw new Error('internal: index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
