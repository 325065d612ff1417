namespace Fanout.Sources;

/// <summary>A list of things of which each is an item. It is taken once, when the run is planned; what comes or goes later changes nothing.</summary>
public interface IItemListing
{
    /// <summary>What messages call it. No secrets.</summary>
    string Name { get; }

    /// <summary>Refuses what cannot be listed.</summary>
    /// <exception cref="SourceException">What is to be listed is not there.</exception>
    ValueTask CheckAsync(CancellationToken cancellationToken);

    /// <summary>Writes one JSON value a line, in an order of its own, holding no more than a page of them in memory where it can.</summary>
    /// <exception cref="SourceException">It cannot be listed.</exception>
    /// <exception cref="StorageException">It cannot be listed just now.</exception>
    ValueTask WriteAsync(Stream lines, CancellationToken cancellationToken);
}
