using Fanout.Runs;
using Fanout.Specs;

namespace Fanout.Dispatch;

/// <summary>Makes a run of a request, or says why not.</summary>
/// <param name="client">Starts it.</param>
/// <param name="registry">What specs may name.</param>
/// <param name="rules">What requests may ask for; null: the defaults.</param>
public sealed class RequestIntake(IRunClient client, FanoutRegistry registry, RequestRules? rules = null)
{
    private readonly RequestRules _rules = rules ?? new RequestRules();

    /// <summary>Starts the run that a request asks for. Taking the same request again starts nothing more.</summary>
    /// <param name="requestId">Names the request, and with it a run whose spec has no id.</param>
    /// <param name="spec">The spec's JSON, as for <c>fanout run --spec</c>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="StorageException">The run cannot be started now.</exception>
    public async Task<RequestAnswer> TakeAsync(string requestId, string spec, CancellationToken cancellationToken)
    {
        try
        {
            var read = SpecReader.Read(spec, registry);
            if (_rules.Check(read) is { Count: > 0 } errors)
                throw new SpecException(errors);
            var started = await client.StartAsync(read with { Id = read.Id ?? RunIdOf(requestId) }, cancellationToken).ConfigureAwait(false);
            return new RequestAnswer(started.RunId);
        }
        catch (FanoutException refusal) when (refusal is not StorageException)
        {
            return new RequestAnswer(null, refusal.Message);
        }
    }

    /// <summary>The same for a request that is held; what cannot be read is refused with the reason.</summary>
    /// <exception cref="StorageException">It cannot be read, or the run cannot be started, now.</exception>
    public async Task<RequestAnswer> TakeAsync(IRequestDelivery request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var text = await request.ReadAsync(cancellationToken).ConfigureAwait(false);
        return text.Spec is { } spec
            ? await TakeAsync(request.Id, spec, cancellationToken).ConfigureAwait(false)
            : new RequestAnswer(null, text.Refusal);
    }

    /// <summary>The id of a run whose spec has none.</summary>
    public static string RunIdOf(string requestId) => $"request-{requestId}";
}

/// <summary>What became of a request.</summary>
/// <param name="RunId">The run that it started, now or before; null: it was refused.</param>
/// <param name="Refusal">Then the reason.</param>
public sealed record RequestAnswer(string? RunId, string? Refusal = null);
