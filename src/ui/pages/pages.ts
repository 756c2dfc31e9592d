/** Pages that belong to no journey. */
export { accessibilityPage, charterPage, legalPage, privacyPage } from './documents.page.tsx'
export { homePage } from './home.page.tsx'
