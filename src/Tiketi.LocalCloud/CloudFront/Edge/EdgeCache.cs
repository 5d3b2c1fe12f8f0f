using System.Collections.Concurrent;

namespace Tiketi.LocalCloud.CloudFront.Edge;

/// <summary>
/// What one distribution has cached. Requests for the same thing that the cache lacks share one fetch, as CloudFront collapses
/// them. Whoever asks after an invalidation never gets what was fetched before it.
/// </summary>
internal sealed class EdgeCache(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, CachedResponse> _responses = [];
    private readonly ConcurrentDictionary<(CacheKey Key, long Generation), Lazy<Task<CachedResponse>>> _fetches = new();
    private long _generation;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _responses.Count;
            }
        }
    }

    /// <summary>The cached response while it is fresh, else what <paramref name="fetch"/> makes of the stale one (null: there is none).</summary>
    public async Task<(CachedResponse Response, CacheResult Result)> GetAsync(CacheKey key, Func<CachedResponse?, Task<CachedResponse>> fetch)
    {
        CachedResponse? present;
        long generation;
        lock (_lock)
        {
            present = _responses.GetValueOrDefault(key);
            generation = _generation;
        }

        if (present is not null && time.GetUtcNow() < present.FreshUntil)
        {
            return (present, CacheResult.Hit);
        }

        var shared = _fetches.GetOrAdd((key, generation), _ => new Lazy<Task<CachedResponse>>(() => fetch(present)));
        try
        {
            var fetched = await shared.Value;
            Store(key, fetched, generation);
            return (fetched, present is not null && ReferenceEquals(fetched.Body, present.Body) ? CacheResult.RefreshHit : CacheResult.Miss);
        }
        finally
        {
            _fetches.TryRemove(new((key, generation), shared));
        }
    }

    /// <summary>Forgets what the patterns cover; how many responses that were.</summary>
    public int Invalidate(IReadOnlyList<InvalidationPattern> patterns)
    {
        lock (_lock)
        {
            _generation++;
            var covered = _responses.Keys.Where(key => patterns.Any(pattern => pattern.Covers(key.Path))).ToList();
            covered.ForEach(key => _responses.Remove(key));
            return covered.Count;
        }
    }

    /// <summary>A fetch that began before an invalidation is given to who waited for it, but not kept: it may have read what is invalid now.</summary>
    private void Store(CacheKey key, CachedResponse response, long generation)
    {
        lock (_lock)
        {
            if (generation == _generation && response.FreshUntil > response.FetchedAt)
            {
                _responses[key] = response;
            }
        }
    }
}
