import type { HttpDeps } from '../http-deps';
import type { SignIn } from '../sign-in/create-sign-in';

export interface PanelDeps extends HttpDeps {
  readonly signIn: Pick<SignIn, 'pages' | 'access' | 'csrf' | 'link' | 'requireSession'>;
}
