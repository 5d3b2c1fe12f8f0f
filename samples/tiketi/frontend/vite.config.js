import { defineConfig } from 'vite';

export default defineConfig(({ command }) => {
  // A missing address would only show in the visitor's browser: stop the build instead.
  for (const name of ['REACT_APP_API_URL', 'REACT_APP_SOCKET_URL']) {
    if (command === 'build' && !process.env[name]) {
      throw new Error(`${name} is not set: it holds the public address of the API, such as https://api.example.com`);
    }
  }
  return {
    envPrefix: 'REACT_APP_',
    build: { outDir: 'build' },
    esbuild: { jsx: 'automatic' },
  };
});
