//! The observer that each request is reported to.

use std::fmt;
use std::sync::Arc;

use super::received::Received;

type Then = dyn Fn(&Received) + Send + Sync;

/// What is called with each request; nothing by default.
#[derive(Clone, Default)]
pub(super) struct Observer(Option<Arc<Then>>);

impl Observer {
    pub fn new(then: impl Fn(&Received) + Send + Sync + 'static) -> Self {
        Observer(Some(Arc::new(then)))
    }

    pub fn tell(&self, received: &Received) {
        if let Some(then) = &self.0 {
            then(received);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_there = self.0.is_some();
        f.debug_tuple("Observer").field(&is_there).finish()
    }
}
