using System.Net;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Fanout.Client.Requests;

/// <summary>Which requests are sent again, when, and for how long.</summary>
internal static class Repetition
{
    private static readonly ResiliencePropertyKey<SentRequest> Key = new("fanout.request");

    private static readonly HttpStatusCode[] MayPass =
    [
        HttpStatusCode.RequestTimeout, HttpStatusCode.TooManyRequests, HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout,
    ];

    /// <summary>The pipeline that every request goes through.</summary>
    public static ResiliencePipeline<HttpResponseMessage> Create(FanoutClientOptions options, Func<double> random)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = options.Time };
        if (options.MaxAttempts > 1)
            builder.AddRetry(CreateRetry(options, random));
        return builder.AddTimeout(new TimeoutStrategyOptions
        {
            TimeoutGenerator = args => ValueTask.FromResult(Of(args.Context).Request.TakesItsTime ? Timeout.InfiniteTimeSpan : options.AttemptTimeout),
        }).Build();
    }

    /// <summary>Notes the request that a pipeline's context is for.</summary>
    public static void Set(ResilienceContext context, SentRequest request) => context.Properties.Set(Key, request);

    /// <summary>True: the server, or the way to it, may work again without anybody's doing.</summary>
    public static bool IsPassing(HttpStatusCode status) => MayPass.Contains(status);

    /// <inheritdoc cref="IsPassing(HttpStatusCode)"/>
    public static bool IsPassing(Exception failure) => failure switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError or HttpRequestError.ConfigurationLimitExceeded } => false,
        HttpRequestException or IOException or TimeoutRejectedException => true,
        // How a client of the caller's says that its own time-out is over.
        TaskCanceledException { InnerException: TimeoutException } => true,
        _ => false,
    };

    private static RetryStrategyOptions<HttpResponseMessage> CreateRetry(FanoutClientOptions options, Func<double> random) => new()
    {
        MaxRetryAttempts = options.MaxAttempts - 1,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        Delay = options.FirstDelay,
        MaxDelay = options.MaxDelay,
        Randomizer = random,
        ShouldHandle = args => ValueTask.FromResult(IsRepeated(Of(args.Context), args.Outcome, options)),
        DelayGenerator = args => ValueTask.FromResult(AskedFor(args.Outcome.Result, options.Time)),
        OnRetry = args =>
        {
            Of(args.Context).WasRepeated = true;
            args.Outcome.Result?.Dispose();
            return ValueTask.CompletedTask;
        },
    };

    private static bool IsRepeated(SentRequest sent, Outcome<HttpResponseMessage> outcome, FanoutClientOptions options)
    {
        var mayPass = outcome.Exception is { } failure ? IsPassing(failure) : IsPassing(outcome.Result!.StatusCode);
        // What is refused for there being too many was not begun, whatever it is.
        var mayBeRepeated = !sent.Request.IsSentOnce && (sent.Request.MayBeRepeated || outcome.Result?.StatusCode is HttpStatusCode.TooManyRequests);
        var asked = AskedFor(outcome.Result, options.Time) ?? TimeSpan.Zero;
        return mayPass && mayBeRepeated && options.Time.GetElapsedTime(sent.BeganAt) + asked < options.RetryFor;
    }

    private static TimeSpan? AskedFor(HttpResponseMessage? answer, TimeProvider time)
    {
        var asked = answer?.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return asked < TimeSpan.Zero ? TimeSpan.Zero : asked;
    }

    private static SentRequest Of(ResilienceContext context) => context.Properties.GetValue(Key, null!);
}

/// <summary>A request under way.</summary>
/// <param name="request">The request.</param>
/// <param name="beganAt">When it was sent first, as a timestamp.</param>
internal sealed class SentRequest(ApiRequest request, long beganAt)
{
    public ApiRequest Request { get; } = request;

    public long BeganAt { get; } = beganAt;

    /// <summary>True: it was sent more than once, so that an earlier attempt may have done what it asks.</summary>
    public bool WasRepeated { get; set; }
}
