/** The page of parts: for those who build the workbench; served by `npm run parts` and never shipped. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '../styles/all.css'
import './gallery.css'
import { Gallery } from './Gallery.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('internal: gallery/index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <Gallery />
  </StrictMode>,
)
