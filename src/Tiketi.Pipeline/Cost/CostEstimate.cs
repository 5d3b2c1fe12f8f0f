namespace Tiketi.Pipeline.Cost;

/// <summary>One billed part of one resource.</summary>
/// <param name="Stack">Short name of its stack; "k8s" for what the cluster makes, "-" for traffic.</param>
/// <param name="LogicalId">The resource's name in the template.</param>
/// <param name="Type">"AWS::EC2::NatGateway" ...</param>
/// <param name="What">"gateway", "data" ...</param>
/// <param name="Quantity">Units a month.</param>
/// <param name="Price">The unit price.</param>
/// <param name="IsUsage">Billed by use: the quantity is the assumption of infra/prices/usage.csv.</param>
public sealed record CostLine(string Stack, string LogicalId, string Type, string What, decimal Quantity, Price Price, bool IsUsage)
{
    /// <summary>US dollars a month.</summary>
    public decimal Monthly => Quantity * Price.Usd;
}

/// <summary>A resource that may cost something, and nobody knows what.</summary>
/// <param name="Stack">Short name of its stack.</param>
/// <param name="LogicalId">The resource's name in the template.</param>
/// <param name="Type">"AWS::Lambda::Function" ...</param>
/// <param name="Reason">What is missing: a rule for the type, or a price.</param>
public sealed record UnpricedResource(string Stack, string LogicalId, string Type, string Reason);

/// <summary>What an environment costs a month, On-Demand, without tax and without what is free for the first year only.</summary>
/// <param name="Environment">"production".</param>
/// <param name="Region">Whose prices these are.</param>
/// <param name="AsOf">The month of the oldest price used.</param>
/// <param name="Lines">What costs something, in the order of the stacks.</param>
/// <param name="Unpriced">What is missing in the sum.</param>
public sealed record CostEstimate(string Environment, string Region, string AsOf, IReadOnlyList<CostLine> Lines, IReadOnlyList<UnpricedResource> Unpriced)
{
    /// <summary>US dollars a month.</summary>
    public decimal Total => Lines.Sum(line => line.Monthly);

    /// <summary>The part of <see cref="Total"/> that rests on assumed usage.</summary>
    public decimal ByUsage => Lines.Where(line => line.IsUsage).Sum(line => line.Monthly);

    /// <summary>The part of <see cref="Total"/> whose unit prices were written down but not checked.</summary>
    public decimal Unconfirmed => Lines.Where(line => !line.Price.IsConfirmed).Sum(line => line.Monthly);
}
