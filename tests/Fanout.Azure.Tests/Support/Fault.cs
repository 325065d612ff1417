using System.Net;

namespace Fanout.Azure.Tests.Support;

/// <summary>One way in which a request goes wrong.</summary>
internal abstract record Fault
{
    private Fault()
    {
    }

    /// <summary>What a service under stress, or a stopped or misconfigured one, does: a sample of each kind, the lost answer included.</summary>
    public static IReadOnlyList<Fault> Every { get; } =
    [
        Answer(400, "InvalidInput"), Answer(403, "AuthenticationFailed"), Answer(404, "ResourceNotFound"), Answer(409, "OperationTimedOut"),
        Answer(412, "ConditionNotMet"), Answer(429, "TooManyRequests"), Answer(500, "InternalError"), Answer(503, "ServerBusy"),
        new Reset(), new Silence(), new LostAnswer(),
    ];

    /// <summary>Those after which the same request may simply be sent again, as the SDK does.</summary>
    public static IReadOnlyList<Fault> Transient { get; } =
        [Answer(429, "TooManyRequests"), Answer(500, "InternalError"), Answer(503, "ServerBusy"), new Reset(), new LostAnswer()];

    /// <summary>The service answers so, without having done anything.</summary>
    public static Fault Answer(int status, string code) => new Refusal((HttpStatusCode)status, code);

    /// <summary>An answer of the service's own.</summary>
    /// <param name="Status">The status.</param>
    /// <param name="Code">Goes into <c>x-ms-error-code</c>.</param>
    internal sealed record Refusal(HttpStatusCode Status, string Code) : Fault;

    /// <summary>The connection breaks before the request arrived.</summary>
    internal sealed record Reset : Fault;

    /// <summary>No answer comes, ever; the request did not arrive. Needs a short <c>RequestTimeout</c>.</summary>
    internal sealed record Silence : Fault;

    /// <summary>The request arrives and is carried out; then the connection breaks.</summary>
    internal sealed record LostAnswer : Fault;
}
