// Why a sign-in at the office's identity provider came to nothing, and what helps. The keys are the server's words.

export const OIDC_WORDS = {
  'oidc.cancelled': {
    zh: '在{name}的登录已取消。可以再试一次，或用密码登录。',
    en: 'The sign-in with {name} was cancelled. Try again, or use a password.',
  },
  'oidc.ended': {
    zh: '这次登录已失效：时间太长，或是在别的窗口开始的。请重新登录。',
    en: 'This sign-in is no longer good: it took too long, or began in another window. Please sign in again.',
  },
  'oidc.unreachable': {
    zh: '{name}现在没有回应。请稍后再试，或用密码登录。',
    en: '{name} does not answer now. Try again later, or use a password.',
  },
  'oidc.refused': {
    zh: '{name}没有确认这次登录。请重新登录；还是不行，请告诉管理员。',
    en: '{name} did not confirm this sign-in. Please sign in again; if that does not help, tell an administrator.',
  },
  'oidc.name': {
    zh: '您在{name}的用户名这里不能用。请管理员帮您开一个账户。',
    en: 'Your user name with {name} cannot be used here. Ask an administrator for an account.',
  },
  'oidc.name_taken': {
    zh: '您在{name}的用户名，这里已有别的账户在用。请用密码登录，或告诉管理员。',
    en: 'Your user name with {name} belongs to another account here. Use its password, or tell an administrator.',
  },
  'oidc.no_role': {
    zh: '您在{name}的分组在这里没有角色。请管理员把您加进分组。',
    en: 'Your groups with {name} give no role here. Ask an administrator to add you to one.',
  },
  'oidc.disabled': {
    zh: '您在这里的账户已停用。有疑问请找管理员。',
    en: 'Your account here is disabled. Ask an administrator if this is not right.',
  },
  'oidc.failed': {
    zh: '这里出了问题，没能登录。请稍后再试。',
    en: 'Something went wrong here and you are not signed in. Try again later.',
  },
} as const;
