# The program, static, for an unprivileged user.
#
#   docker build --tag runpipe .                     the program alone
#   docker build --tag runpipe-ci --target ci .      with a shell and ci/start.sh, for jobs
FROM rust:1-alpine AS build
RUN apk add --no-cache ca-certificates gcc musl-dev
WORKDIR /source
COPY . .
RUN cargo build --profile dist --locked --package runpipe-cli

FROM alpine:3 AS ci
RUN apk add --no-cache ca-certificates
COPY --from=build /source/target/dist/runpipe /usr/local/bin/runpipe
COPY ci/start.sh /usr/local/bin/runpipe-start
USER 65534:65534

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /source/target/dist/runpipe /runpipe
USER 65534:65534
ENTRYPOINT ["/runpipe"]
