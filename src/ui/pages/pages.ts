/** Pages that belong to no journey. */
export { demoMailPage, demoMailsPage } from './demo-mails.page.tsx'
export { accessibilityPage, charterPage, legalPage, privacyPage } from './documents.page.tsx'
export { helpPage, helpPasswordPage } from './help.page.tsx'
export { homePage } from './home.page.tsx'
