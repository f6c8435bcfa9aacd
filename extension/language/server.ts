/** The language server's process: started by the language client, over IPC or standard input and output. */

import { startLanguageServer } from 'langium/lsp';
import { NodeFileSystem } from 'langium/node';
import { ProposedFeatures, createConnection } from 'vscode-languageserver/node';
import { createEditorServices } from './services';

const connection = createConnection(ProposedFeatures.all);
const { shared } = createEditorServices({ connection, ...NodeFileSystem });
startLanguageServer(shared);
