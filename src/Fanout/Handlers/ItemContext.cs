using System.Globalization;
using Fanout.Sources;
using Fanout.Telemetry;
using Microsoft.Extensions.Logging;

namespace Fanout.Handlers;

/// <summary>One attempt at one item, as the handler sees it.</summary>
/// <param name="runId">The run.</param>
/// <param name="item">The item; its bytes are valid until the handler's task completes.</param>
/// <param name="attempt">1 for the first attempt.</param>
/// <param name="logger">The run's logger.</param>
public sealed class ItemContext(string runId, Item item, int attempt, ILogger logger)
{
    private readonly Item _item = item;
    private ILogger _logger = logger;

    /// <summary>The run's id.</summary>
    public string RunId { get; } = runId;

    /// <summary>0-based place of the item in the run's source.</summary>
    public long Index => _item.Index;

    /// <summary>1 for the first attempt, then 2, ….</summary>
    public int Attempt { get; } = attempt;

    /// <summary>The identity the item brought along; null: none.</summary>
    public string? Key => _item.Key;

    /// <summary>
    /// The same for every attempt at this item, also after a crash and in a redrive: <c>runId/index</c> of the run that first saw it.
    /// Hand it to systems that can ignore a repeated request.
    /// </summary>
    public string IdempotencyKey => _item.Key ?? string.Create(CultureInfo.InvariantCulture, $"{RunId}/{_item.Index}");

    /// <summary>Logs under the category <c>Fanout.Run</c>, in a scope that has the run, the item's index, and the attempt.</summary>
    public ILogger Logger => _logger as ItemLogger ?? (_logger = new ItemLogger(_logger, new ItemLogScope(RunId, _item.Index, Attempt)));

    /// <summary>The item as it was read: UTF-8 JSON, or text when <see cref="Item.IsText"/>.</summary>
    internal Item Item => _item;
}
