/** Pages that belong to no journey. */
export { charterPage } from './charter.page.tsx'
export { homePage } from './home.page.tsx'
