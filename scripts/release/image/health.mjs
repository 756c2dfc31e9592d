#!/opt/sesame/node/bin/node
// The health check of the image: 0 where the portal answers. It asks nothing about the directory: to start the portal anew would not mend it.
const answer = await fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).catch(() => null)
process.exitCode = answer?.ok ? 0 : 1
