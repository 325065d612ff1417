using System.Text.Json.Nodes;
using Fanout.Cli.Parsing;
using Fanout.Cli.Wiring;
using Fanout.Planning.Costs;
using Fanout.Runs;

namespace Fanout.Cli.Commands;

/// <summary>A run that is asked for: judged here before anything is opened, unless it is for a server to judge.</summary>
internal sealed class RunRequest
{
    private readonly CommandContext _context;
    private readonly JsonObject _document;
    private readonly RunSpec? _spec;

    private RunRequest(CommandContext context, JsonObject document, RunSpec? spec)
    {
        _context = context;
        _document = document;
        _spec = spec;
    }

    /// <summary>Takes it over.</summary>
    /// <exception cref="SpecException">It is not legal.</exception>
    /// <exception cref="UsageException">It names something that only this command can read, and a server is asked.</exception>
    public static RunRequest Of(CommandContext context, JsonObject document)
    {
        if (!context.IsAtServer)
            return new RunRequest(context, document, context.Environment.Specs.Read(document, context.Environment.Registry));
        if (document["source"] is JsonObject source && source["path"] is JsonValue path && path.TryGetValue<string>(out var name) && name == "-")
            throw new UsageException("-: standard input is this command's, and a server cannot read it. Give a file that the server can read.");
        return new RunRequest(context, document, spec: null);
    }

    /// <summary>Starts it, under an id of its own if none was given.</summary>
    public Task<StartedRun> StartAsync(IFanoutHome home)
    {
        if (_spec is null)
            return StartAsync((IServerHome)home);
        return home.Client.StartAsync(_spec with { Id = _spec.Id ?? NewId() }, _context.Stop);
    }

    /// <summary>What it would do: there, or in Azure.</summary>
    public Task<PlanPreview> PreviewAsync(IFanoutHome home, AzureTarget? target) =>
        _spec is null ? ((IServerHome)home).PreviewAsync(_document, target, _context.Stop)
        : target is null ? home.Client.PreviewAsync(_spec, _context.Stop)
        : AzurePlan.PreviewAsync(home.Client, _spec, target, _context.Stop);

    private async Task<StartedRun> StartAsync(IServerHome server)
    {
        // The id is known before the answer is, so that it can be told when there is none.
        var id = (_document["id"] ??= NewId()).ToString();
        try
        {
            return await server.StartAsync(_document, _context.Stop);
        }
        catch (Exception failure) when (failure is OperationCanceledException or RemoteException { MayPass: true } or StorageException)
        {
            _context.Environment.Error.WriteLine($"Run {id} may have been started nevertheless. See with: {_context.Hints.Command("status", id)}");
            throw;
        }
    }

    private string NewId() => RunIds.Next(_context.Environment.Time, _context.Environment.Random);
}
