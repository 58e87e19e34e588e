//! A credential that many threads share, in the orders in which a checker lets the threads go on:
//! it chooses anew at each lock and wherever a request waits.

use std::sync::Arc;
use std::time::Duration;

use shuttle::future::{block_on, yield_now};
use shuttle::thread;

use super::cache::{Cache, Grant};
use super::error::{ProviderError, TokenError};
use crate::lock::Mutex;

/// So many orders of each test are drawn.
const ORDERS: usize = 5_000;
const CALLERS: usize = 3;

/// Gives tokens, counted from 1.
#[derive(Clone, Default)]
struct Endpoint(Arc<Mutex<Given>>);

#[derive(Default)]
struct Given {
    tokens: u32,
    /// The last one that the service takes no more.
    ended: u32,
    /// Requests that are refused before one is answered.
    refusals: u32,
}

impl Endpoint {
    fn given<T>(&self, look: impl FnOnce(&mut Given) -> T) -> T {
        look(&mut self.0.lock().expect("no panic"))
    }

    async fn fetch(self) -> Result<Grant<u32>, TokenError> {
        yield_now().await;
        let answer = self.given(|given| {
            given.tokens += 1;
            (given.tokens > given.refusals).then_some(given.tokens)
        });
        yield_now().await;
        let refused = TokenError::Provider(ProviderError::refused("not now"));
        let credential = answer.ok_or(refused)?;
        let life = Duration::from_secs(3600);
        Ok(Grant { credential, life })
    }

    async fn token(&self, cache: &Cache<u32>) -> Result<u32, TokenError> {
        cache.get(|| self.clone().fetch()).await
    }
}

/// Runs each caller on a thread of its own, and gives what they return.
fn together<T: Send + 'static>(
    caller: impl Fn(usize) -> T + Clone + Send + 'static,
) -> [T; CALLERS] {
    let start = |number| {
        let caller = caller.clone();
        thread::spawn(move || caller(number))
    };
    std::array::from_fn(start).map(|caller| caller.join().expect("no panic"))
}

#[test]
fn callers_that_come_together_wait_for_one_request() {
    let come = || {
        let (cache, endpoint) = (Cache::default(), Endpoint::default());
        let asked = endpoint.clone();
        let tokens = together(move |_| block_on(endpoint.token(&cache)).expect("a token"));
        assert_eq!(tokens, [1; CALLERS]);
        assert_eq!(asked.given(|given| given.tokens), 1);
    };
    shuttle::check_random(come, ORDERS);
}

#[test]
fn a_token_that_ends_costs_one_request_and_is_given_to_nobody_who_had_it_refused() {
    let come = || {
        let (cache, endpoint) = (Cache::default(), Endpoint::default());
        let asked = endpoint.clone();
        together(move |number| {
            if number == 0 {
                endpoint.given(|given| given.ended = given.tokens);
            }
            let mut refused = 0;
            // Until the service takes what it was given.
            loop {
                let token = block_on(endpoint.token(&cache)).expect("a token");
                assert!(token > refused, "{token} was refused before");
                if endpoint.given(|given| token > given.ended) {
                    break;
                }
                refused = token;
                cache.invalidate(&token);
            }
        });
        assert!(asked.given(|given| given.tokens <= 1 + given.ended.min(1)));
    };
    shuttle::check_random(come, ORDERS);
}

#[test]
fn who_gives_up_leaves_nobody_waiting() {
    let come = || {
        let (cache, endpoint) = (Cache::default(), Endpoint::default());
        let asked = endpoint.clone();
        let tokens = together(move |number| {
            block_on(async {
                let token = endpoint.token(&cache);
                if number > 0 {
                    return Some(token.await.expect("a token"));
                }
                // It polls the request that the others wait for too, once, and goes away.
                let mut token = std::pin::pin!(token);
                let _ = futures_util::poll!(token.as_mut());
                None
            })
        });
        let all = asked.given(|given| given.tokens);
        // One request in vain at most: the one that was under way when nobody else waited for it.
        assert!(all <= 2 && tokens.iter().flatten().all(|token| *token == all));
    };
    shuttle::check_random(come, ORDERS);
}

#[test]
fn a_refusal_is_told_to_who_waited_for_it_and_kept_for_nobody() {
    let come = || {
        let (cache, endpoint) = (Cache::<u32>::default(), Endpoint::default());
        endpoint.given(|given| given.refusals = 1);
        let (later, asked) = (cache.clone(), endpoint.clone());
        let outcomes = together(move |_| block_on(endpoint.token(&cache)).ok());
        assert!(outcomes.contains(&None) && !outcomes.contains(&Some(1)));
        assert_eq!(block_on(asked.token(&later)).ok(), Some(2));
    };
    shuttle::check_random(come, ORDERS);
}
