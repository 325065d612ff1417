using System.Diagnostics;
using Fanout.Telemetry;

namespace Fanout.Cli.Telemetry;

/// <summary>
/// The span of a command that starts or drives a run. It belongs to the trace that the environment variable <c>TRACEPARENT</c> names, if any
/// (https://opentelemetry.io/docs/specs/otel/context/env-carriers/), as a build or a scheduler may set it.
/// </summary>
internal static class CommandSpan
{
    private const string Carrier = "TRACEPARENT";

    /// <summary>Begins it; null: nobody listens, or the command is of another kind.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="variable">Environment variables.</param>
    public static Activity? Begin(IReadOnlyList<string> args, Func<string, string?> variable) =>
        args is ["run" or "resume" or "redrive", ..]
            ? FanoutTelemetry.Source.StartActivity(
                SpanNames.Command, ActivityKind.Internal, TraceParent.Parse(variable(Carrier)), [new(AttributeNames.Command, args[0])])
            : null;

    /// <summary>It has ended.</summary>
    public static void End(Activity? span, int exitCode)
    {
        span?.SetTag(AttributeNames.ExitCode, exitCode);
        if (exitCode is not (ExitCodes.Success or ExitCodes.Cancelled))
            span?.SetStatus(ActivityStatusCode.Error);
    }
}
